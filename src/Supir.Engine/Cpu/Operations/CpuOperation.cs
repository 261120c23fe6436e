namespace Supir.Engine.Cpu.Operations;

/// <summary>One step of a compiled plan: a number of independent units that any threads may run in any order.</summary>
/// <remarks>Many threads get more and smaller units. Where the cuts are changes no result: every number is computed by one unit, in one
/// order of summation that follows from the sizes alone, so it has the same bytes on one core and on sixty-four.</remarks>
internal abstract unsafe class CpuOperation : IDisposable
{
    /// <summary>The operation and its sizes, for profiles.</summary>
    public abstract string Name { get; }

    /// <summary>How many units there are.</summary>
    public abstract int Units { get; }

    /// <summary>Where in the network it stands, for profiles: the name of its weights, or of those that were used last before it.</summary>
    public string Layer { get; set; } = "";

    /// <summary>Floating-point operations of matrix products; 0 for element-wise work.</summary>
    public virtual double Flops => 0;

    /// <summary>Lets go of what the operation holds beside the plan's memory.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Runs one unit.</summary>
    public abstract void Run(int unit, byte* scratch);

    /// <summary>Units for each thread, at least: the last to end then keeps the others waiting for at most a fifth of the time.</summary>
    protected const int LeastUnitsPerThread = 4;

    /// <summary>The start of part <paramref name="part"/> when <paramref name="length"/> is cut into <paramref name="parts"/> nearly equal parts.</summary>
    public static int Cut(int length, int part, int parts) => (int)((long)length * part / parts);

    /// <summary>The quotient, rounded up.</summary>
    public static int DivideUp(int length, int size) => (length + size - 1) / size;
}

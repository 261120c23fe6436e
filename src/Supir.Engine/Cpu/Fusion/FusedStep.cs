using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Fusion;

/// <summary>An operation of the graph together with those around it that are computed in the same pass over memory.</summary>
internal sealed class FusedStep(Value root)
{
    /// <summary>The operation that gives the step its kind.</summary>
    public Node Node { get; } = root.Producer;

    /// <summary>What the step writes in the end: the root's value, or that of the last operation taken in.</summary>
    public Value Result { get; set; } = root;

    /// <summary>A function taken in, after a product or a group normalisation.</summary>
    public Activation Activation { get; set; }

    /// <summary>Whether a GEGLU was taken in after a product.</summary>
    public bool IsGated { get; set; }

    /// <summary>One row an image, added to a product before the function.</summary>
    public Value? ImageVector { get; set; }

    /// <summary>Added to a product at the end.</summary>
    public Value? Residual { get; set; }

    /// <summary>A group normalisation that a convolution applies while it reads its source.</summary>
    public FusedStep? Prologue { get; set; }

    /// <summary>For a group normalisation: how many convolutions apply it themselves.</summary>
    public int PrologueUses { get; set; }

    /// <summary>For a group normalisation: whether its result is written to memory for others.</summary>
    public bool IsApplied { get; set; } = true;

    /// <summary>For a concatenation: whether its readers take its two parts, so that it is never written.</summary>
    public bool IsVirtual { get; set; }

    /// <summary>A norm of a single row that a product applies while it reads its source.</summary>
    public RmsNormNode? Norm { get; set; }

    /// <summary>Whether a SWIGLU was taken in after a product of a single row.</summary>
    public bool IsSwiglu { get; set; }

    /// <summary>What an attention to states does before, for a single row.</summary>
    public AppendedRows? Appended { get; set; }

    /// <summary>Whether the step is a matrix product or a convolution.</summary>
    public bool IsProduct => Node is LinearNode or Conv2dNode;

    /// <summary>The values that the step reads.</summary>
    public IEnumerable<Value> Reads()
    {
        foreach (Value operand in Appended?.Operands ?? Node.Operands)
        {
            yield return Norm is not null && operand == Node.Operands[0] ? Norm.Source : Prologue is not null ? Prologue.Node.Operands[0] : operand;
        }

        if (ImageVector is not null)
        {
            yield return ImageVector;
        }

        if (Residual is not null)
        {
            yield return Residual;
        }
    }
}

/// <summary>The rotary turning and the two appended rows that an attention to states takes in.</summary>
/// <param name="Rope">Turns queries and keys, one behind the other.</param>
/// <param name="Keys">Appends the keys.</param>
/// <param name="Values">Appends the values.</param>
internal sealed record AppendedRows(RopeNode Rope, AppendNode Keys, AppendNode Values)
{
    /// <summary>What is read instead of the attention's own operands.</summary>
    public IReadOnlyList<Value> Operands => [Rope.Source, Values.Source, Rope.Position];
}

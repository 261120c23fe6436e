using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Memory;

/// <summary>Where the rows of a state lie: [head][position][channel], so that the rows of a head are one run of memory.</summary>
/// <param name="State">The state.</param>
/// <param name="Data">Its memory.</param>
internal readonly unsafe record struct StateView(State State, nint Data)
{
    /// <summary>Names the memory by its address.</summary>
    public StateView(State state, byte* data)
        : this(state, (nint)data)
    {
    }

    /// <summary>The channels of a head at a position.</summary>
    public byte* Row(int head, int position) =>
        (byte*)Data + ((((long)head * State.Positions) + position) * State.HeadChannels * State.Type.SizeInBytes);

    /// <summary>The position that an input gives, checked: it comes from outside, and memory is written by it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">So many rows do not fit behind it.</exception>
    public int PositionOf(MatrixView position, int rows)
    {
        int first = (int)*position.Row(0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)first, (uint)(State.Positions - rows), State.Name);
        return first;
    }
}

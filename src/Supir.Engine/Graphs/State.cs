namespace Supir.Engine.Graphs;

/// <summary>Rows that outlive a run: keys or values of an attention that grows by a few positions at each run. Begins as zeros.</summary>
/// <remarks>A backend keeps one memory for a state, which all of its plans that name the state share, and frees it with the last of
/// them: so the plan that reads a prompt hands its rows to the plan that continues it without a copy.</remarks>
public sealed class State
{
    /// <summary>Describes a state.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="positions">Rows that it can hold.</param>
    /// <param name="heads">Heads of a row.</param>
    /// <param name="headChannels">Channels of a head.</param>
    /// <param name="type">How numbers are kept: Float32, or Float16 for half the memory. A backend may keep them in the format of its values instead.</param>
    /// <exception cref="ShapeException">A length is below 1, or the type another.</exception>
    public State(string name, int positions, int heads, int headChannels, DType type = DType.Float32)
    {
        if (positions < 1 || heads < 1 || headChannels < 1 || type is not (DType.Float32 or DType.Float16))
        {
            throw new ShapeException(nameof(State), name, "lengths above 0, in Float32 or Float16", $"{positions}×{heads}×{headChannels} {type}");
        }

        Name = name;
        Positions = positions;
        Heads = heads;
        HeadChannels = headChannels;
        Type = type;
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Rows that it can hold.</summary>
    public int Positions { get; }

    /// <summary>Heads of a row.</summary>
    public int Heads { get; }

    /// <summary>Channels of a head.</summary>
    public int HeadChannels { get; }

    /// <summary>Channels of a row.</summary>
    public int Channels => Heads * HeadChannels;

    /// <summary>How numbers are kept.</summary>
    public DType Type { get; }

    /// <summary>Bytes of all rows.</summary>
    public long Bytes => (long)Positions * Channels * Type.SizeInBytes;
}

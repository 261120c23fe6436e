namespace Supir.Cli.Commands;

/// <summary>What <c>supir bench</c> is asked for.</summary>
internal sealed record BenchRequest
{
    /// <summary>Threads as text, or <c>null</c> for one a processor.</summary>
    public string? Threads { get; init; }

    /// <summary>Whether to measure the full-size networks, too.</summary>
    public bool Full { get; init; }

    /// <summary>Pixels of a side for those, as text, or <c>null</c>.</summary>
    public string? Size { get; init; }

    /// <summary>Whether to say where their time goes.</summary>
    public bool Profile { get; init; }

    /// <summary>The safetensors file of their weights, or <c>null</c> for computed ones.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Whether their weights are kept in 8 bits.</summary>
    public bool EightBit { get; init; }

    /// <summary>A word that the name of everything to be measured contains, or <c>null</c> for everything.</summary>
    public string? Only { get; init; }

    /// <summary>The file that computed weights of the published size are to be written to, with nothing measured, or <c>null</c>.</summary>
    public string? WriteCheckpoint { get; init; }

    /// <summary>Whether to measure the full-size networks on a GPU, and nothing else.</summary>
    public bool Gpu { get; init; }

    /// <summary>Whether to measure LLaVA's language model, and nothing else.</summary>
    public bool Language { get; init; }
}

namespace Supir.Engine.Cpu.Memory;

/// <summary>One matrix, or two side by side: the channels of the first, then of the second. So a concatenation need not be copied.</summary>
internal sealed class ChannelParts(params MatrixView[] parts)
{
    /// <summary>The matrices in the order of their channels.</summary>
    public MatrixView[] Parts { get; } = parts;

    /// <summary>Channels of all parts.</summary>
    public int Channels { get; } = parts.Sum(part => part.Channels);
}

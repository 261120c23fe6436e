using Supir.Engine.Cpu.Memory;

namespace Supir.Models.Vae.Banded;

/// <summary>Rows in memory, with the sums over them that a group normalisation needs.</summary>
internal sealed unsafe class StoredRows : IRows, IDisposable
{
    private readonly AlignedMemory? _memory;
    private readonly MemoryTally? _tally;

    /// <summary>Takes memory for an image.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="tally">Where the memory is only counted; <c>null</c> to have it.</param>
    public StoredRows(int height, int width, int channels, MemoryTally? tally)
    {
        Height = height;
        Width = width;
        Channels = channels;
        Sums = new ChannelSums(channels);
        _tally = tally;
        _tally?.Take(Bytes);
        _memory = tally is null ? new AlignedMemory(Bytes) : null;
    }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>Sums over all rows that were written since <see cref="Rewrite"/>.</summary>
    public ChannelSums Sums { get; private set; }

    private int RowLength => Width * Channels;

    private long Bytes => (long)Height * RowLength * sizeof(float);

    /// <summary>Says that all rows will be written again.</summary>
    public void Rewrite() => Sums = new ChannelSums(Channels);

    /// <inheritdoc/>
    public long NeedOf(int count) => 0;

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination) => Row(first, destination.Length).CopyTo(destination);

    /// <summary>Writes whole rows, each once.</summary>
    public void Write(int first, ReadOnlySpan<float> source)
    {
        source.CopyTo(Row(first, source.Length));
        Sums.Add(source);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory?.Dispose();
        _tally?.GiveBack(Bytes);
    }

    private Span<float> Row(int first, int length) =>
        _memory is null
            ? throw new InvalidOperationException("Rows whose memory is only counted hold nothing.")
            : new Span<float>((float*)_memory.Pointer + ((long)first * RowLength), length);
}

namespace Supir.Models.Vae.Banded;

/// <summary>Rows in memory, an array each, with the sums over them that a group normalisation needs.</summary>
/// <remarks>One array of all would be too long for a picture of 4096² pixels.</remarks>
internal sealed class StoredRows : IRows
{
    private readonly float[][] _rows;

    /// <summary>Takes memory for an image.</summary>
    public StoredRows(int height, int width, int channels)
    {
        Width = width;
        Channels = channels;
        _rows = new float[height][];
        for (int i = 0; i < height; i++)
        {
            _rows[i] = new float[width * channels];
        }

        Sums = new ChannelSums(channels);
    }

    /// <inheritdoc/>
    public int Height => _rows.Length;

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>Sums over all rows that were written since <see cref="Rewrite"/>.</summary>
    public ChannelSums Sums { get; private set; }

    /// <summary>Says that all rows will be written again.</summary>
    public void Rewrite() => Sums = new ChannelSums(Channels);

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination)
    {
        int length = Width * Channels;
        for (int i = 0; i * length < destination.Length; i++)
        {
            _rows[first + i].CopyTo(destination[(i * length)..]);
        }
    }

    /// <summary>Writes whole rows, each once.</summary>
    public void Write(int first, ReadOnlySpan<float> source)
    {
        int length = Width * Channels;
        for (int i = 0; i * length < source.Length; i++)
        {
            source.Slice(i * length, length).CopyTo(_rows[first + i]);
        }

        Sums.Add(source);
    }
}

using System.Numerics;
using Supir.Models.Layers;

namespace Supir.Models.Vae.Banded;

/// <summary>Rows under a group normalisation whose statistics are known.</summary>
internal sealed class NormalizedRows : IRows
{
    private readonly IRows _source;
    private readonly float[] _scale;
    private readonly float[] _shift;

    /// <summary>Normalises rows on their way.</summary>
    public NormalizedRows(IRows source, ChannelSums sums, GroupNorm norm)
    {
        _source = source;
        (_scale, _shift) = sums.Affine(norm);
    }

    /// <inheritdoc/>
    public int Height => _source.Height;

    /// <inheritdoc/>
    public int Width => _source.Width;

    /// <inheritdoc/>
    public int Channels => _source.Channels;

    /// <inheritdoc/>
    public long NeedOf(int count) => _source.NeedOf(count);

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination)
    {
        _source.Read(first, destination);
        for (int position = 0; position < destination.Length; position += Channels)
        {
            Span<float> x = destination.Slice(position, Channels);
            int c = 0;
            for (; c <= x.Length - Vector<float>.Count; c += Vector<float>.Count)
            {
                Vector<float> lanes = new(x[c..]);
                ((lanes * new Vector<float>(_scale, c)) + new Vector<float>(_shift, c)).CopyTo(x[c..]);
            }

            for (; c < x.Length; c++)
            {
                x[c] = (x[c] * _scale[c]) + _shift[c];
            }
        }
    }
}

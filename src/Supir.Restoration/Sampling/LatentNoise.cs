using Supir.Engine;
using Supir.Engine.Random;
using Supir.Restoration.Tiling;

namespace Supir.Restoration.Sampling;

/// <summary>Random latents in the engine's layout, of numbers drawn in torch's order: the one place that knows both.</summary>
public sealed class LatentNoise
{
    private readonly INoiseGenerator _generator;
    private readonly Shape _shape;
    private readonly LatentTiles? _tiles;
    private readonly float[] _drawn;
    private readonly float[] _whole;

    /// <summary>Draws latents of one shape from one stream.</summary>
    /// <param name="generator">The stream; every draw moves it on.</param>
    /// <param name="shape">The latents' shape, [N, H, W, C].</param>
    /// <param name="tiles">The tiles that each draw is cut into, or <c>null</c>: tiles that overlap share their noise.</param>
    /// <exception cref="ArgumentException">The shape has not four axes.</exception>
    public LatentNoise(INoiseGenerator generator, Shape shape, LatentTiles? tiles = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (shape.Rank != Shape.MaxRank)
        {
            throw new ArgumentException($"A latent's shape is [N, H, W, C], not {shape}.", nameof(shape));
        }

        _generator = generator;
        _shape = shape;
        _tiles = tiles;
        _drawn = new float[shape.ElementCount];
        _whole = tiles is null ? [] : new float[shape.ElementCount];
    }

    /// <summary>The elements of one draw, cut into tiles.</summary>
    public int Length => _tiles?.StackedLength ?? _drawn.Length;

    /// <summary>Draws once from the standard normal distribution.</summary>
    /// <param name="destination">Where it goes, layout [N, H, W, C], or stacked tiles.</param>
    /// <param name="type">The format in which torch would draw it; 16-bit numbers come widened.</param>
    /// <exception cref="ArgumentException">The destination is not as long as a latent.</exception>
    public void Draw(Span<float> destination, DType type = DType.Float32)
    {
        if (destination.Length != Length)
        {
            throw new ArgumentException($"A latent of shape {_shape} has {Length} elements, the destination {destination.Length}.", nameof(destination));
        }

        _generator.Normal(_drawn, type);
        if (_tiles is null)
        {
            PutChannelsLast(destination);
            return;
        }

        PutChannelsLast(_whole);
        _tiles.Gather(_whole, destination);
    }

    // torch's tensor is [N, C, H, W].
    private void PutChannelsLast(Span<float> destination)
    {
        int channels = _shape[3];
        int places = _shape[1] * _shape[2];
        for (int i = 0; i < destination.Length; i++)
        {
            int channel = i % channels;
            int place = i / channels % places;
            int picture = i / channels / places;
            destination[i] = _drawn[(((picture * channels) + channel) * places) + place];
        }
    }
}

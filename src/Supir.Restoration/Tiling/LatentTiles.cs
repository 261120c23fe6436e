using Supir.Restoration.Sampling;

namespace Supir.Restoration.Tiling;

/// <summary>Between latents and their tiles, stacked one after the other, tile by tile of the first latent, then of the next.</summary>
/// <remarks>Samplers work element by element but for the network, so they work on stacked tiles as on whole latents; only after a step must
/// tiles that overlap be made to agree, which is <see cref="Reconcile"/>.</remarks>
public sealed class LatentTiles
{
    private readonly TileGrid _grid;
    private readonly int _channels;
    private readonly int _latents;
    private readonly double[] _weights;
    private readonly SigmaRounding _rounding;

    /// <summary>Describes the tiles.</summary>
    /// <param name="grid">Where they lie.</param>
    /// <param name="channels">Channels of a latent.</param>
    /// <param name="weights">How much each place of a tile counts, [tile height, tile width].</param>
    /// <param name="rounding">Whether sums over tiles are rounded after each tile, as the reference's are.</param>
    /// <param name="latents">How many latents there are.</param>
    /// <exception cref="ArgumentException">The weights are not those of a tile.</exception>
    public LatentTiles(TileGrid grid, int channels, double[] weights, SigmaRounding rounding, int latents = 1)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length != grid.TileHeight * grid.TileWidth)
        {
            throw new ArgumentException($"A tile has {grid.TileHeight}x{grid.TileWidth} places, but there are {weights.Length} weights.", nameof(weights));
        }

        _grid = grid;
        _channels = channels;
        _latents = latents;
        _weights = weights;
        _rounding = rounding;
    }

    /// <summary>Tiles of all latents.</summary>
    public int Count => _latents * _grid.Windows.Count;

    /// <summary>Elements of all latents.</summary>
    public int WholeLength => _latents * _grid.Height * _grid.Width * _channels;

    /// <summary>Elements of all tiles.</summary>
    public int StackedLength => Count * TileLength;

    private int TileLength => _grid.TileHeight * _grid.TileWidth * _channels;

    /// <summary>Cuts latents into tiles.</summary>
    /// <param name="whole">[latents, H, W, C].</param>
    public float[] Gather(ReadOnlySpan<float> whole)
    {
        float[] stacked = new float[StackedLength];
        Gather(whole, stacked);
        return stacked;
    }

    /// <summary>Cuts latents into tiles.</summary>
    /// <param name="whole">[latents, H, W, C].</param>
    /// <param name="stacked">Where they go, [latents · tiles, tile height, tile width, C].</param>
    /// <exception cref="ArgumentException">The lengths are others.</exception>
    public void Gather(ReadOnlySpan<float> whole, Span<float> stacked)
    {
        RequireLengths(whole.Length, stacked.Length);
        int rowLength = _grid.TileWidth * _channels;
        for (int tile = 0; tile < Count; tile++)
        {
            for (int row = 0; row < _grid.TileHeight; row++)
            {
                whole.Slice(PlaceOf(tile, row), rowLength).CopyTo(stacked.Slice((tile * TileLength) + (row * rowLength), rowLength));
            }
        }
    }

    /// <summary>Puts latents together: at each place the mean over the tiles there, by their weights.</summary>
    /// <param name="stacked">[latents · tiles, tile height, tile width, C].</param>
    /// <returns>[latents, H, W, C].</returns>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public float[] Blend(ReadOnlySpan<float> stacked)
    {
        RequireLengths(WholeLength, stacked.Length);
        double[] sums = new double[WholeLength];
        double[] weights = new double[WholeLength / _channels];
        for (int tile = 0; tile < Count; tile++)
        {
            for (int row = 0; row < _grid.TileHeight; row++)
            {
                int source = (tile * TileLength) + (row * _grid.TileWidth * _channels);
                AddRow(stacked.Slice(source, _grid.TileWidth * _channels), PlaceOf(tile, row), row, sums, weights);
            }
        }

        float[] whole = new float[WholeLength];
        for (int i = 0; i < whole.Length; i++)
        {
            whole[i] = _rounding.Apply((float)(sums[i] / weights[i / _channels]));
        }

        return whole;
    }

    /// <summary>Makes tiles that overlap agree: each place becomes the weighted mean over the tiles there.</summary>
    /// <param name="stacked">[latents · tiles, tile height, tile width, C].</param>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public void Reconcile(Span<float> stacked) => Gather(Blend(stacked), stacked);

    private void AddRow(ReadOnlySpan<float> tileRow, int place, int row, double[] sums, double[] weights)
    {
        bool isRounded = _rounding != SigmaRounding.None;
        for (int column = 0; column < _grid.TileWidth; column++)
        {
            double weight = _weights[(row * _grid.TileWidth) + column];
            int position = (place / _channels) + column;
            weights[position] += weight;
            if (isRounded)
            {
                weights[position] = _rounding.Apply((float)weights[position]);
            }

            for (int channel = 0; channel < _channels; channel++)
            {
                ref double sum = ref sums[(position * _channels) + channel];
                sum += tileRow[(column * _channels) + channel] * weight;
                if (isRounded)
                {
                    sum = _rounding.Apply((float)sum);
                }
            }
        }
    }

    /// <summary>Where a row of a tile begins among the latents' elements.</summary>
    private int PlaceOf(int tile, int row)
    {
        TileWindow window = _grid.Windows[tile % _grid.Windows.Count];
        int latent = tile / _grid.Windows.Count;
        return ((((latent * _grid.Height) + window.Top + row) * _grid.Width) + window.Left) * _channels;
    }

    private void RequireLengths(int whole, int stacked)
    {
        if (whole != WholeLength || stacked != StackedLength)
        {
            throw new ArgumentException($"Latents have {WholeLength} elements and their tiles {StackedLength}, not {whole} and {stacked}.");
        }
    }
}

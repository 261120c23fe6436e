using Supir.Restoration.Options;

namespace Supir.Restoration.Tiling;

/// <summary>Overlapping tiles of one size that cover a latent.</summary>
/// <remarks>Tiles start every stride, and the last of a row or column ends flush with the latent. A latent smaller than a tile, in either
/// direction, is one tile in that direction (the reference fails there).
/// Source: <c>_sliding_windows</c>, sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af).</remarks>
public sealed class TileGrid
{
    /// <summary>Lays the tiles out.</summary>
    /// <param name="height">Rows of the latent.</param>
    /// <param name="width">Columns of the latent.</param>
    /// <param name="tiles">Size and stride of the tiles.</param>
    /// <param name="multiple">What a tile's sides must be multiples of, because the UNet halves them: the size is rounded up to it.</param>
    public TileGrid(int height, int width, TileOptions tiles, int multiple = 1)
    {
        ArgumentNullException.ThrowIfNull(tiles);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(multiple, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tiles.Stride, 1, nameof(tiles));
        int size = (tiles.Size + multiple - 1) / multiple * multiple;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tiles.Stride, size, nameof(tiles));
        Height = height;
        Width = width;
        TileHeight = Math.Min(size, height);
        TileWidth = Math.Min(size, width);
        int[] lefts = Starts(width, TileWidth, tiles.Stride);
        Windows = [.. Starts(height, TileHeight, tiles.Stride).SelectMany(top => lefts.Select(left => new TileWindow(top, left, TileHeight, TileWidth)))];
    }

    /// <summary>Rows of the latent.</summary>
    public int Height { get; }

    /// <summary>Columns of the latent.</summary>
    public int Width { get; }

    /// <summary>Rows of every tile.</summary>
    public int TileHeight { get; }

    /// <summary>Columns of every tile.</summary>
    public int TileWidth { get; }

    /// <summary>The tiles, row by row.</summary>
    public IReadOnlyList<TileWindow> Windows { get; }

    private static int[] Starts(int length, int size, int stride)
    {
        List<int> starts = [];
        for (int start = 0; start <= length - size; start += stride)
        {
            starts.Add(start);
        }

        if (starts[^1] != length - size)
        {
            starts.Add(length - size);
        }

        return [.. starts];
    }
}

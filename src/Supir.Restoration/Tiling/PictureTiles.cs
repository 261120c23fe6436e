using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Restoration.Tiling;

/// <summary>The tiles of a working picture.</summary>
public static class PictureTiles
{
    /// <summary>The tiles in pixels, in the order of their captions; none where the sampler has none.</summary>
    /// <param name="options">The model.</param>
    /// <param name="settings">The settings, which may name another sampler.</param>
    /// <param name="size">The size that is worked at.</param>
    public static IReadOnlyList<TileWindow> Of(ModelOptions options, RestorationSettings settings, WorkingSize size)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(settings);
        TileGrid? grid = RestorationRun.GridOf(options with { Sampler = settings.Sampler ?? options.Sampler }, size);
        return grid is null ? [] : [.. grid.Windows.Select(window => window.ScaledBy(options.Vae.Downsampling))];
    }

    /// <summary>A tile of a working picture; what lies outside of it is left away.</summary>
    public static Picture Cut(Picture picture, TileWindow tile)
    {
        ArgumentNullException.ThrowIfNull(picture);
        int height = Math.Min(tile.Height, picture.Height - tile.Top);
        int width = Math.Min(tile.Width, picture.Width - tile.Left);
        byte[] pixels = new byte[height * width * Picture.Channels];
        for (int y = 0; y < height; y++)
        {
            picture.Row(tile.Top + y).Slice(tile.Left * Picture.Channels, width * Picture.Channels).CopyTo(pixels.AsSpan(y * width * Picture.Channels));
        }

        return new Picture(width, height, pixels);
    }
}

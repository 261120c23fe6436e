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
        return picture.Crop(tile.Left, tile.Top, Math.Min(tile.Width, picture.Width - tile.Left), Math.Min(tile.Height, picture.Height - tile.Top));
    }
}

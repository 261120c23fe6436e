namespace Supir.Restoration.Tiling;

/// <summary>A tile: a rectangle of a latent, or of a picture.</summary>
/// <param name="Top">Its first row.</param>
/// <param name="Left">Its first column.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct TileWindow(int Top, int Left, int Height, int Width)
{
    /// <summary>The same tile where every place is a square of so many.</summary>
    public TileWindow ScaledBy(int factor) => new(Top * factor, Left * factor, Height * factor, Width * factor);
}

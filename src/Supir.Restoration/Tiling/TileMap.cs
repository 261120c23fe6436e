using System.Globalization;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Tiling;

/// <summary>Draws tiles on a picture: their borders, and their numbers from 0 in the middle of each.</summary>
public static class TileMap
{
    private const int DigitWidth = 3;
    private const int DigitHeight = 5;

    /// <summary>A number is about this part of a tile's height.</summary>
    private const int TilesPerDigitHeight = 12;

    /// <summary>Rows of each digit, three bits a row, the leftmost bit highest.</summary>
    private static readonly byte[][] Digits =
    [
        [0b111, 0b101, 0b101, 0b101, 0b111],
        [0b010, 0b110, 0b010, 0b010, 0b111],
        [0b111, 0b001, 0b111, 0b100, 0b111],
        [0b111, 0b001, 0b111, 0b001, 0b111],
        [0b101, 0b101, 0b111, 0b001, 0b001],
        [0b111, 0b100, 0b111, 0b001, 0b111],
        [0b111, 0b100, 0b111, 0b101, 0b111],
        [0b111, 0b001, 0b010, 0b010, 0b010],
        [0b111, 0b101, 0b111, 0b101, 0b111],
        [0b111, 0b101, 0b111, 0b001, 0b111],
    ];

    /// <summary>Colours that neighbours do not share.</summary>
    private static readonly byte[][] Colours = [[255, 64, 64], [64, 224, 64], [80, 160, 255], [255, 208, 32], [224, 96, 255]];

    /// <summary>Draws the tiles.</summary>
    /// <param name="picture">The picture at its working size.</param>
    /// <param name="grid">The tiles, in places of the latent.</param>
    /// <param name="pixelsPerPlace">Pixels a side of a place.</param>
    /// <returns>A copy with the drawing, without alpha.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than the latent's pixels.</exception>
    public static Picture Draw(Picture picture, TileGrid grid, int pixelsPerPlace)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(grid);
        if (picture.Width < grid.Width * pixelsPerPlace || picture.Height < grid.Height * pixelsPerPlace)
        {
            throw new ArgumentException(
                $"The picture has {picture.Width}x{picture.Height} pixels, its latent {grid.Width}x{grid.Height} places of {pixelsPerPlace}.", nameof(picture));
        }

        byte[] pixels = picture.Pixels.ToArray();
        int thickness = Math.Max(1, grid.TileHeight * pixelsPerPlace / 256);
        for (int i = 0; i < grid.Windows.Count; i++)
        {
            TileWindow window = grid.Windows[i].ScaledBy(pixelsPerPlace);
            byte[] colour = Colours[i % Colours.Length];
            Fill(pixels, picture.Width, window with { Height = thickness }, colour);
            Fill(pixels, picture.Width, window with { Top = window.Top + window.Height - thickness, Height = thickness }, colour);
            Fill(pixels, picture.Width, window with { Width = thickness }, colour);
            Fill(pixels, picture.Width, window with { Left = window.Left + window.Width - thickness, Width = thickness }, colour);
            DrawNumber(pixels, picture.Width, i, window, colour);
        }

        return new Picture(picture.Width, picture.Height, pixels);
    }

    private static void DrawNumber(byte[] pixels, int width, int number, TileWindow window, byte[] colour)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        int columns = (text.Length * (DigitWidth + 1)) - 1;
        int scale = Math.Max(1, Math.Min(window.Height / TilesPerDigitHeight / DigitHeight, (window.Width - 2) / columns));
        int left = window.Left + Math.Max(0, (window.Width - (columns * scale)) / 2);
        int top = window.Top + Math.Max(0, (window.Height - (DigitHeight * scale)) / 2);
        for (int i = 0; i < text.Length; i++)
        {
            byte[] digit = Digits[text[i] - '0'];
            for (int cell = 0; cell < DigitHeight * DigitWidth; cell++)
            {
                int column = cell % DigitWidth;
                int x = left + (((i * (DigitWidth + 1)) + column) * scale);
                if ((digit[cell / DigitWidth] >> (DigitWidth - 1 - column) & 1) == 1 && x + scale <= window.Left + window.Width)
                {
                    Fill(pixels, width, new TileWindow(top + (cell / DigitWidth * scale), x, scale, scale), colour);
                }
            }
        }
    }

    private static void Fill(byte[] pixels, int width, TileWindow area, byte[] colour)
    {
        for (int y = area.Top; y < area.Top + area.Height; y++)
        {
            for (int x = area.Left; x < area.Left + area.Width; x++)
            {
                colour.CopyTo(pixels, ((y * width) + x) * Picture.Channels);
            }
        }
    }
}

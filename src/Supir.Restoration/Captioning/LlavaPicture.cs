using Supir.Restoration.Imaging;

namespace Supir.Restoration.Captioning;

/// <summary>Makes of a picture the square that CLIP's vision tower sees.</summary>
/// <remarks>The shorter side is brought to the square's (Pillow's bicubic) and the middle cut out; or the whole picture is first put on a
/// square ground of CLIP's mean colour, as LLaVA-1.5 was trained. Source: <c>CLIPImageProcessor</c> in transformers;
/// <c>expand2square</c> in llava/mm_utils.py; SUPIR cuts (llava/llava_agent.py @ bda91af).</remarks>
internal static class LlavaPicture
{
    private const int Colours = Picture.Channels;

    // Mean and deviation of the colours in CLIP's training, of 1.
    private static readonly float[] Mean = [0.48145466f, 0.4578275f, 0.40821073f];
    private static readonly float[] Deviation = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>The square as numbers: (colour − mean) / deviation, [size, size, 3].</summary>
    public static float[] Prepare(Picture picture, int size, bool pads)
    {
        Picture square = pads ? OnSquare(picture) : picture;
        int shorter = Math.Min(square.Width, square.Height);
        Picture resized = PillowBicubic.Resize(square, Side(square.Width, shorter, size), Side(square.Height, shorter, size));
        int left = (resized.Width - size) / 2;
        int top = (resized.Height - size) / 2;
        float[] pixels = new float[size * size * Colours];
        for (int y = 0; y < size; y++)
        {
            ReadOnlySpan<byte> row = resized.Row(top + y).Slice(left * Colours, size * Colours);
            for (int i = 0; i < row.Length; i++)
            {
                pixels[(y * size * Colours) + i] = ((row[i] / 255f) - Mean[i % Colours]) / Deviation[i % Colours];
            }
        }

        return pixels;
    }

    /// <summary>The longer side's length is cut off to a whole number, as there.</summary>
    private static int Side(int side, int shorter, int size) => side == shorter ? size : (int)((double)size * side / shorter);

    private static Picture OnSquare(Picture picture)
    {
        int side = Math.Max(picture.Width, picture.Height);
        byte[] pixels = new byte[checked(side * side * Colours)];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(Mean[i % Colours] * 255);
        }

        int left = (side - picture.Width) / 2;
        int top = (side - picture.Height) / 2;
        for (int y = 0; y < picture.Height; y++)
        {
            picture.Row(y).CopyTo(pixels.AsSpan((((top + y) * side) + left) * Colours));
        }

        return new Picture(side, side, pixels);
    }
}

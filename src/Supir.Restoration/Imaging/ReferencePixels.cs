namespace Supir.Restoration.Imaging;

/// <summary>Into the networks and out again exactly as the reference's command line does, quirks included.</summary>
/// <remarks>Source: <c>PIL2Tensor</c> and <c>Tensor2PIL</c>, SUPIR/util.py (SUPIR @ bda91af).</remarks>
public static class ReferencePixels
{
    /// <summary>The working picture: resized by Pillow's 8-bit bicubic, then v / 255 · 2 − 1. Alpha is dropped.</summary>
    public static FloatImage ToWorking(Picture picture, WorkingSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        return FloatImage.Of(PillowBicubic.Resize(picture, size.Width, size.Height));
    }

    /// <summary>The written picture: resized by torch's bicubic without antialiasing, v · 127.5 + 127.5 clipped and cut off, not rounded.</summary>
    public static Picture ToOutput(FloatImage image, WorkingSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        FloatImage resized = TorchBicubic.Resize(image, size.OutputWidth, size.OutputHeight);
        byte[] bytes = new byte[resized.Pixels.Length];
        ByteLevels.Truncate(resized.Pixels, bytes);
        return new Picture(size.OutputWidth, size.OutputHeight, bytes);
    }
}

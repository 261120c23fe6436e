namespace Supir.Restoration.Imaging;

/// <summary>Resizes as <c>torch.nn.functional.interpolate(mode="bicubic")</c> does: a = −0.75, no antialiasing, corners not aligned.</summary>
/// <remarks>Fine for enlarging; a reduced picture is aliased. The reference's saver uses it either way.</remarks>
public static class TorchBicubic
{
    /// <summary>The image at another size.</summary>
    /// <param name="image">[height, width, 3] floats.</param>
    /// <param name="width">Pixels a row of the result, at least 1.</param>
    /// <param name="height">Rows of the result, at least 1.</param>
    public static FloatImage Resize(FloatImage image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return SeparableResize.Run(
            (y, row) => image.Row(y).CopyTo(row),
            image.Width,
            image.Height,
            ResampleTaps.TorchBicubic(image.Width, width),
            ResampleTaps.TorchBicubic(image.Height, height));
    }
}

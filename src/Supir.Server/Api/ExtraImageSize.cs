using Supir.Restoration;
using Supir.Restoration.Imaging;

namespace Supir.Server.Api;

/// <summary>How large AUTOMATIC1111's request wants its picture.</summary>
/// <param name="Upscale">The factor to restore at.</param>
/// <param name="Exact">The size to bring the result to; <c>null</c> for the size that it has.</param>
internal sealed record ExtraImageSize(double Upscale, (int Width, int Height)? Exact)
{
    private const int LargestSide = 16384;
    private const double LeastFactor = 0.01;
    private const double MostFactor = 16;

    /// <summary>The size for a picture.</summary>
    /// <exception cref="OptionException">The request's factor or size is out of range.</exception>
    public static ExtraImageSize For(ExtraImageRequest request, Picture picture)
    {
        if (request.ResizeMode == 0)
        {
            return request.UpscalingResize is >= LeastFactor and <= MostFactor
                ? new ExtraImageSize(request.UpscalingResize, null)
                : throw new OptionException(FormattableString.Invariant($"upscaling_resize: must be {LeastFactor} to {MostFactor} but is {request.UpscalingResize}."));
        }

        int width = request.UpscalingResizeWidth;
        int height = request.UpscalingResizeHeight;
        if (width is < 1 or > LargestSide || height is < 1 or > LargestSide)
        {
            throw new OptionException($"upscaling_resize_w, upscaling_resize_h: must be 1 to {LargestSide} but are {width} and {height}.");
        }

        double across = (double)width / picture.Width;
        double down = (double)height / picture.Height;
        double factor = Math.Clamp(request.UpscalingCrop ? Math.Max(across, down) : Math.Min(across, down), LeastFactor, MostFactor);
        return new ExtraImageSize(factor, request.UpscalingCrop
            ? (width, height)
            : (Math.Max(1, (int)Math.Round(picture.Width * factor)), Math.Max(1, (int)Math.Round(picture.Height * factor))));
    }

    /// <summary>A result's PNG file at this size: what is too much on two sides is cut off in equal parts.</summary>
    public byte[] Finish(byte[] png)
    {
        if (Exact is not (int width, int height))
        {
            return png;
        }

        Picture picture = PictureFile.Decode(png, "result").OnWhite();
        if ((picture.Width, picture.Height) == (width, height))
        {
            return png;
        }

        double factor = Math.Max((double)width / picture.Width, (double)height / picture.Height);
        int fullWidth = Math.Max(width, (int)Math.Round(picture.Width * factor));
        int fullHeight = Math.Max(height, (int)Math.Round(picture.Height * factor));
        Picture full = AntialiasedResize.Resize(picture, fullWidth, fullHeight, ResampleKernel.Lanczos3).ToPicture();
        return PictureFile.Encode(full.Crop((fullWidth - width) / 2, (fullHeight - height) / 2, width, height), PictureFormat.Png);
    }
}

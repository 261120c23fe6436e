using System.Runtime.InteropServices;
using Supir.Restoration.Imaging.Vips;

namespace Supir.Restoration.Imaging;

/// <summary>A picture's colours in the colour space of its profile.</summary>
internal static class ProfiledColours
{
    /// <summary>The colours as byte[] or ushort[], and the profile that explains them: sRGB and none where the picture has no profile, or
    /// one that only leads out of its space (a scanner's).</summary>
    public static (Array Colours, ReadOnlyMemory<byte> Profile) Of(Picture picture, bool isWide)
    {
        if (!picture.Metadata.Profile.IsEmpty)
        {
            try
            {
                return (Convert(picture, isWide), picture.Metadata.Profile);
            }
            catch (VipsException)
            {
                // Below.
            }
        }

        return (isWide
            ? picture.Bits == 16 ? picture.WidePixels.ToArray() : WideLevels.Widen(picture.Pixels)
            : picture.Pixels.ToArray(), default);
    }

    private static Array Convert(Picture picture, bool isWide)
    {
        using VipsImage raw = picture.Bits == 16
            ? VipsImage.FromMemory(picture.WidePixels, picture.Width, picture.Height, Picture.Channels)
            : VipsImage.FromMemory(picture.Pixels, picture.Width, picture.Height, Picture.Channels);
        using VipsOperation tag = new VipsOperation("copy").With("in", raw).With("interpretation", picture.Bits == 16 ? "rgb16" : "srgb");
        using VipsImage srgb = tag.ToImage();
        using VipsOperation import = new VipsOperation("icc_import").With("in", srgb)
            .With("input_profile", "srgb").With("intent", "relative").With("black_point_compensation", "true");
        using VipsImage connection = import.ToImage();

        // An export without a named profile takes the image's own.
        connection.SetField(VipsFields.Profile, picture.Metadata.Profile.Span);
        using VipsOperation export = new VipsOperation("icc_export").With("in", connection)
            .With("intent", "relative").With("black_point_compensation", "true").With("depth", isWide ? "16" : "8");
        using VipsImage converted = export.ToImage();
        return isWide
            ? converted.Compute(static Array (memory) => MemoryMarshal.Cast<byte, ushort>(memory).ToArray())
            : converted.Compute(static Array (memory) => memory.ToArray());
    }
}

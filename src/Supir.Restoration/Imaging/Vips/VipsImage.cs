using System.Runtime.InteropServices;

namespace Supir.Restoration.Imaging.Vips;

/// <summary>A reference to a <c>VipsImage</c>: a picture that is computed when its pixels are asked for.</summary>
internal sealed class VipsImage : SafeHandle
{
    /// <summary>Takes over one reference.</summary>
    public VipsImage(nint reference)
        : base(0, ownsHandle: true)
    {
        SetHandle(reference);
    }

    public override bool IsInvalid => handle == 0;

    public nint Reference => handle;

    public int Width => VipsLibrary.vips_image_get_width(handle);

    public int Height => VipsLibrary.vips_image_get_height(handle);

    public int Bands => VipsLibrary.vips_image_get_bands(handle);

    public VipsBandFormat Format => VipsLibrary.vips_image_get_format(handle);

    public VipsInterpretation Interpretation => VipsLibrary.vips_image_get_interpretation(handle);

    public bool HasAlpha => VipsLibrary.vips_image_hasalpha(handle) != 0;

    public bool HasProfile => VipsLibrary.vips_image_get_typeof(handle, "icc-profile-data") != 0;

    /// <summary>An image over a copy of [height, width, bands] bytes.</summary>
    public static VipsImage FromMemory(ReadOnlySpan<byte> pixels, int width, int height, int bands)
    {
        VipsLibrary.RequireStarted();
        nint image = VipsLibrary.vips_image_new_from_memory_copy(pixels, (nuint)pixels.Length, width, height, bands, VipsBandFormat.UChar);
        return image == 0 ? throw new VipsException(VipsLibrary.TakeError()) : new VipsImage(image);
    }

    /// <summary>Computes all pixels and hands them to <paramref name="read"/> as they lie in libvips' memory.</summary>
    public unsafe T Compute<T>(Func<ReadOnlySpan<byte>, T> read)
    {
        nint memory = VipsLibrary.vips_image_write_to_memory(handle, out nuint size);
        if (memory == 0)
        {
            throw new VipsException(VipsLibrary.TakeError());
        }

        try
        {
            return read(new ReadOnlySpan<byte>((void*)memory, checked((int)size)));
        }
        finally
        {
            VipsLibrary.g_free(memory);
        }
    }

    protected override bool ReleaseHandle()
    {
        VipsLibrary.g_object_unref(handle);
        return true;
    }
}

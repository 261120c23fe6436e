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

    /// <summary>Pixels a millimetre along a row and along a column; 1 where the file does not say.</summary>
    public (double Horizontal, double Vertical) Resolution => (VipsLibrary.vips_image_get_xres(handle), VipsLibrary.vips_image_get_yres(handle));

    public bool HasProfile => VipsLibrary.vips_image_get_typeof(handle, VipsFields.Profile) != 0;

    /// <summary>An image over a copy of [height, width, bands] bytes.</summary>
    public static VipsImage FromMemory(ReadOnlySpan<byte> pixels, int width, int height, int bands) =>
        FromMemory(pixels, width, height, bands, VipsBandFormat.UChar);

    /// <summary>An image over a copy of [height, width, bands] numbers of 16 bits.</summary>
    public static VipsImage FromMemory(ReadOnlySpan<ushort> pixels, int width, int height, int bands) =>
        FromMemory(MemoryMarshal.AsBytes(pixels), width, height, bands, VipsBandFormat.UShort);

    /// <summary>A copy of what the header keeps under a name, such as a profile; empty where it keeps nothing.</summary>
    public unsafe byte[] Field(string name)
    {
        if (VipsLibrary.vips_image_get_typeof(handle, name) == 0 || VipsLibrary.vips_image_get_blob(handle, name, out nint data, out nuint length) != 0)
        {
            VipsLibrary.TakeError();
            return [];
        }

        return new ReadOnlySpan<byte>((void*)data, checked((int)length)).ToArray();
    }

    /// <summary>Keeps a copy of bytes under a name in the header. Only for an image that nobody else refers to.</summary>
    public void SetField(string name, ReadOnlySpan<byte> bytes) => VipsLibrary.vips_image_set_blob_copy(handle, name, bytes, (nuint)bytes.Length);

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

    private static VipsImage FromMemory(ReadOnlySpan<byte> bytes, int width, int height, int bands, VipsBandFormat format)
    {
        VipsLibrary.RequireStarted();
        nint image = VipsLibrary.vips_image_new_from_memory_copy(bytes, (nuint)bytes.Length, width, height, bands, format);
        return image == 0 ? throw new VipsException(VipsLibrary.TakeError()) : new VipsImage(image);
    }

    protected override bool ReleaseHandle()
    {
        VipsLibrary.g_object_unref(handle);
        return true;
    }
}

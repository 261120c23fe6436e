namespace Supir.Restoration.Imaging.Vips;

/// <summary>One libvips operation: named, given its arguments, run once.</summary>
internal sealed class VipsOperation : IDisposable
{
    private readonly string _name;
    private nint _operation;

    /// <summary>An operation by libvips' name for it, such as "autorot" or "pngsave_buffer".</summary>
    public VipsOperation(string name)
    {
        VipsLibrary.RequireStarted();
        VipsModules.RequireFor(name);
        _name = name;
        _operation = VipsLibrary.vips_operation_new(name);
        if (_operation == 0)
        {
            throw new VipsException(VipsLibrary.TakeError());
        }
    }

    /// <summary>Whether this libvips has the operation, its plug-ins included.</summary>
    public static bool Exists(string name)
    {
        VipsLibrary.RequireStarted();
        VipsModules.RequireFor(name);
        return VipsLibrary.vips_type_find("VipsOperation", name) != 0;
    }

    /// <summary>Sets a number, a choice or a flag, spelt as on libvips' command line.</summary>
    public VipsOperation With(string argument, string value)
    {
        if (VipsLibrary.vips_object_set_argument_from_string(_operation, argument, value) != 0)
        {
            throw new VipsException($"{_name}: {VipsLibrary.TakeError()}");
        }

        return this;
    }

    /// <summary>Sets an image.</summary>
    public VipsOperation With(string argument, VipsImage image)
    {
        GValue value = default;
        VipsLibrary.g_value_init(ref value, VipsLibrary.vips_image_get_type());
        VipsLibrary.g_value_set_object(ref value, image.Reference);
        SetProperty(argument, ref value);
        GC.KeepAlive(image);
        return this;
    }

    /// <summary>Sets a copy of bytes.</summary>
    public VipsOperation With(string argument, ReadOnlySpan<byte> bytes)
    {
        nint blob = VipsLibrary.vips_blob_copy(bytes, (nuint)bytes.Length);
        GValue value = default;
        VipsLibrary.g_value_init(ref value, VipsLibrary.vips_blob_get_type());
        VipsLibrary.g_value_set_boxed(ref value, blob);
        VipsLibrary.vips_area_unref(blob);
        SetProperty(argument, ref value);
        return this;
    }

    /// <summary>Runs the operation, whose result is an image.</summary>
    public VipsImage ToImage(string output = "out")
    {
        Build();
        GValue value = default;
        VipsLibrary.g_value_init(ref value, VipsLibrary.vips_image_get_type());
        VipsLibrary.g_object_get_property(_operation, output, ref value);
        VipsImage image = new(VipsLibrary.g_value_dup_object(ref value));
        VipsLibrary.g_value_unset(ref value);
        VipsLibrary.vips_object_unref_outputs(_operation);
        return image;
    }

    /// <summary>Runs the operation, whose result is a run of bytes.</summary>
    public unsafe byte[] ToBytes(string output = "buffer")
    {
        Build();
        GValue value = default;
        VipsLibrary.g_value_init(ref value, VipsLibrary.vips_blob_get_type());
        VipsLibrary.g_object_get_property(_operation, output, ref value);
        nint data = VipsLibrary.vips_blob_get(VipsLibrary.g_value_get_boxed(ref value), out nuint length);
        byte[] bytes = new ReadOnlySpan<byte>((void*)data, checked((int)length)).ToArray();
        VipsLibrary.g_value_unset(ref value);
        VipsLibrary.vips_object_unref_outputs(_operation);
        return bytes;
    }

    public void Dispose()
    {
        if (_operation != 0)
        {
            VipsLibrary.g_object_unref(_operation);
            _operation = 0;
        }
    }

    private void SetProperty(string argument, ref GValue value)
    {
        VipsLibrary.g_object_set_property(_operation, argument, ref value);
        VipsLibrary.g_value_unset(ref value);
    }

    private void Build()
    {
        if (VipsLibrary.vips_cache_operation_buildp(ref _operation) != 0)
        {
            // A failed operation may hold some of its outputs already.
            VipsLibrary.vips_object_unref_outputs(_operation);
            throw new VipsException(VipsLibrary.TakeError());
        }
    }
}

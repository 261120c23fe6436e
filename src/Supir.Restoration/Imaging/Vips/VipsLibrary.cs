using System.Runtime.InteropServices;

namespace Supir.Restoration.Imaging.Vips;

/// <summary>libvips as far as we call it, spelt as libvips and GLib spell it.</summary>
/// <remarks>libvips' own C entry points for operations take variable arguments, which .NET cannot pass safely on every processor;
/// everything here goes through the GObject interface beneath them instead (see <see cref="VipsOperation"/>).</remarks>
internal static partial class VipsLibrary
{
    /// <summary>What tells the user how to get libvips.</summary>
    public const string Remedy =
        "pictures are read and written with it. Debian, Ubuntu: apt-get install libvips42; Fedora: dnf install vips; "
        + "macOS: brew install vips; Windows: put the libvips DLLs on the PATH.";

    private const string Vips = "libvips";
    private const string GObject = "libgobject";
    /// <summary>GLib, for whoever else calls it.</summary>
    public const string GLib = "libglib";

    /// <summary>GLib's loader of plug-ins.</summary>
    public const string GModule = "libgmodule";

    // Each library's file names on Linux, macOS and Windows; the folders are where Homebrew puts what dlopen does not search.
    private static readonly Dictionary<string, string[]> FileNames = new()
    {
        [Vips] = ["libvips.so.42", "libvips.42.dylib", "/opt/homebrew/lib/libvips.42.dylib", "libvips-42.dll"],
        [GObject] = ["libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "/opt/homebrew/lib/libgobject-2.0.0.dylib", "libgobject-2.0-0.dll"],
        [GModule] = ["libgmodule-2.0.so.0", "libgmodule-2.0.0.dylib", "/opt/homebrew/lib/libgmodule-2.0.0.dylib", "libgmodule-2.0-0.dll"],
        [GLib] = ["libglib-2.0.so.0", "libglib-2.0.0.dylib", "/opt/homebrew/lib/libglib-2.0.0.dylib", "libglib-2.0-0.dll"],
    };

    private static readonly Lazy<bool> Started = new(Start);

    static VipsLibrary()
    {
        NativeLibrary.SetDllImportResolver(typeof(VipsLibrary).Assembly, Resolve);
    }

    /// <summary>Starts libvips once in this process.</summary>
    /// <exception cref="MissingLibraryException">It is not installed or does not start.</exception>
    public static void RequireStarted() => _ = Started.Value;

    /// <summary>Takes what libvips has to say about the last failure, in one line.</summary>
    public static string TakeError()
    {
        string text = Marshal.PtrToStringUTF8(vips_error_buffer()) ?? "";
        vips_error_clear();
        return string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
    }

    /// <summary>libvips itself.</summary>
    /// <exception cref="DllNotFoundException">It is not installed.</exception>
    public static nint Handle => Resolve(Vips, typeof(VipsLibrary).Assembly, null) is nint handle and not 0 ? handle : throw new DllNotFoundException(Vips);

    private static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string fileName in FileNames.GetValueOrDefault(name, []))
        {
            if (NativeLibrary.TryLoad(fileName, assembly, path, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }

    private static unsafe bool Start()
    {
        try
        {
            // libvips and its modules write warnings on stderr (a missing plug-in, a slightly odd file); failures reach us as errors.
            const int EveryLevel = 0xFC;
            g_log_set_handler("VIPS", EveryLevel, &Ignore, 0);
            g_log_set_handler("GLib-GObject", EveryLevel, &Ignore, 0);
            if (VipsModules.StartWithout(() => vips_init("supir")) != 0)
            {
                throw new MissingLibraryException("libvips", $"it was found but does not start ({TakeError()}).");
            }

            // Pictures come once: remembering operations would only keep their memory.
            vips_cache_set_max(0);
            return true;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new MissingLibraryException("libvips", Remedy, exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void Ignore(nint domain, int level, nint message, nint data)
    {
    }

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_init(string argv0);

    [LibraryImport(Vips)]
    private static partial void vips_cache_set_max(int max);

    [LibraryImport(Vips)]
    public static partial int vips_version(int part);

    [LibraryImport(Vips)]
    public static partial nint vips_version_string();

    [LibraryImport(Vips)]
    private static partial nint vips_error_buffer();

    [LibraryImport(Vips)]
    private static partial void vips_error_clear();

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nuint vips_type_find(string basename, string nickname);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint vips_operation_new(string name);

    [LibraryImport(Vips)]
    public static partial int vips_cache_operation_buildp(ref nint operation);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int vips_object_set_argument_from_string(nint instance, string name, string value);

    [LibraryImport(Vips)]
    public static partial void vips_object_unref_outputs(nint instance);

    [LibraryImport(Vips)]
    public static partial nuint vips_image_get_type();

    [LibraryImport(Vips)]
    public static partial nuint vips_blob_get_type();

    [LibraryImport(Vips)]
    public static partial nint vips_blob_copy(ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(Vips)]
    public static partial nint vips_blob_get(nint blob, out nuint length);

    [LibraryImport(Vips)]
    public static partial void vips_area_unref(nint area);

    [LibraryImport(Vips)]
    public static partial nint vips_image_new_from_memory_copy(
        ReadOnlySpan<byte> data, nuint size, int width, int height, int bands, VipsBandFormat format);

    [LibraryImport(Vips)]
    public static partial nint vips_image_write_to_memory(nint image, out nuint size);

    [LibraryImport(Vips)]
    public static partial int vips_image_get_width(nint image);

    [LibraryImport(Vips)]
    public static partial int vips_image_get_height(nint image);

    [LibraryImport(Vips)]
    public static partial int vips_image_get_bands(nint image);

    [LibraryImport(Vips)]
    public static partial VipsBandFormat vips_image_get_format(nint image);

    [LibraryImport(Vips)]
    public static partial VipsInterpretation vips_image_get_interpretation(nint image);

    [LibraryImport(Vips)]
    public static partial int vips_image_hasalpha(nint image);

    [LibraryImport(Vips)]
    public static partial double vips_image_get_xres(nint image);

    [LibraryImport(Vips)]
    public static partial double vips_image_get_yres(nint image);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nuint vips_image_get_typeof(nint image, string name);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int vips_image_get_blob(nint image, string name, out nint data, out nuint length);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void vips_image_set_blob_copy(nint image, string name, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(GObject)]
    public static partial void g_object_unref(nint instance);

    [LibraryImport(GObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void g_object_set_property(nint instance, string name, ref GValue value);

    [LibraryImport(GObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void g_object_get_property(nint instance, string name, ref GValue value);

    [LibraryImport(GObject)]
    public static partial nint g_value_init(ref GValue value, nuint type);

    [LibraryImport(GObject)]
    public static partial void g_value_unset(ref GValue value);

    [LibraryImport(GObject)]
    public static partial void g_value_set_object(ref GValue value, nint instance);

    [LibraryImport(GObject)]
    public static partial nint g_value_dup_object(ref GValue value);

    [LibraryImport(GObject)]
    public static partial void g_value_set_boxed(ref GValue value, nint boxed);

    [LibraryImport(GObject)]
    public static partial nint g_value_get_boxed(ref GValue value);

    [LibraryImport(GLib)]
    public static partial void g_free(nint memory);

    [LibraryImport(GLib, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial uint g_log_set_handler(
        string domain, int levels, delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> handler, nint data);
}

using System.Runtime.InteropServices;

namespace Supir.Restoration.Imaging.Vips;

/// <summary>libvips' plug-ins, loaded one by one when something of theirs is asked for, instead of all of them at the start.</summary>
/// <remarks>Loading them is most of what it takes to start libvips, and those that read what we never do (PDF, slides, all that ImageMagick
/// knows) need not be in a process that opens files of strangers. Where a libvips was built without plug-ins, there is nothing to load; where
/// their folder is not found, or VIPSHOME says where libvips is to look, libvips does as it always does.</remarks>
internal static partial class VipsModules
{
    private const string HomeVariable = "VIPSHOME";

    /// <summary>The usual name for a folder that no system has.</summary>
    private const string NoHome = "/nonexistent";

    /// <summary>G_MODULE_BIND_LAZY of gmodule.h.</summary>
    private const int BindLazily = 1;

    private static readonly HashSet<string> Loaded = [];
    private static readonly Lock Loading = new();

    /// <summary>Where the plug-ins lie that were left out; <c>null</c> where none was.</summary>
    private static string? _folder;

    /// <summary>Starts libvips without them, where they can be loaded later.</summary>
    /// <param name="start">Starts libvips.</param>
    public static int StartWithout(Func<int> start)
    {
        _folder = Environment.GetEnvironmentVariable(HomeVariable) is null ? FindFolder() : null;
        if (_folder is null)
        {
            return start();
        }

        // libvips looks for its plug-ins beneath this folder.
        g_setenv(HomeVariable, NoHome, 1);
        try
        {
            return start();
        }
        finally
        {
            g_unsetenv(HomeVariable);
        }
    }

    /// <summary>Loads the plug-in that an operation may be in.</summary>
    /// <param name="operation">libvips' name for it.</param>
    public static void RequireFor(string operation)
    {
        if (_folder is not null && ModuleOf(operation) is string module)
        {
            lock (Loading)
            {
                if (Loaded.Add(module) && Path.Combine(_folder, module) is string path && File.Exists(path))
                {
                    Load(path);
                }
            }
        }
    }

    private static string? ModuleOf(string operation) =>
        operation.StartsWith("heif", StringComparison.Ordinal) ? "vips-heif.so"
        : operation.StartsWith("jxl", StringComparison.Ordinal) ? "vips-jxl.so"
        : null;

    /// <summary>One that cannot be loaded has no operations: whoever asks for them is told so.</summary>
    private static void Load(string path)
    {
        nint module = g_module_open(path, BindLazily);
        if (module != 0)
        {
            g_module_make_resident(module);
        }
    }

    /// <summary>The folder beside the library that libvips was loaded from.</summary>
    private static string? FindFolder()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            SymbolPlace place = default;
            return dladdr(NativeLibrary.GetExport(VipsLibrary.Handle, "vips_version"), ref place) != 0
                && Path.GetDirectoryName(Marshal.PtrToStringUTF8(place.File)) is string beside
                && Path.Combine(beside, $"vips-modules-{VipsLibrary.vips_version(0)}.{VipsLibrary.vips_version(1)}") is string folder
                && Directory.Exists(folder)
                ? folder
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            // C libraries of before 2021 have the question elsewhere.
            return null;
        }
    }

    /// <summary>Dl_info of dlfcn.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SymbolPlace
    {
        public nint File;
        public nint Base;
        public nint Name;
        public nint Address;
    }

    [LibraryImport("libc")]
    private static partial int dladdr(nint address, ref SymbolPlace place);

    [LibraryImport(VipsLibrary.GLib, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int g_setenv(string name, string value, int overwrite);

    [LibraryImport(VipsLibrary.GLib, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void g_unsetenv(string name);

    [LibraryImport(VipsLibrary.GModule, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint g_module_open(string path, int flags);

    [LibraryImport(VipsLibrary.GModule)]
    private static partial void g_module_make_resident(nint module);
}

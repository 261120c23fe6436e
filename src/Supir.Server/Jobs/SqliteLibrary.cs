using System.Runtime.InteropServices;

namespace Supir.Server.Jobs;

/// <summary>Keeps our SQLite apart from another one in the process.</summary>
/// <remarks>libvips' plug-ins bring the system's SQLite along (OpenSlide needs it), with its functions visible to all. Were ours loaded in the
/// usual way, its calls to itself would be bound by name when they first happen, to the other's functions: a crash in the middle of a query.
/// Loaded with RTLD_DEEPBIND before anything asks for it, ours looks at itself first.</remarks>
internal static partial class SqliteLibrary
{
    private const string FileName = "libe_sqlite3.so";

    // Source: bits/dlfcn.h of glibc.
    private const int BindNow = 0x2;
    private const int BindToItself = 0x8;

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Loads it, once.</summary>
    public static void RequireLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        string folders = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        string? file = folders.Split(Path.PathSeparator).Append(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
        return file is not null && DlOpen(file, BindNow | BindToItself) != 0;
    }

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlOpen(string file, int flags);
}

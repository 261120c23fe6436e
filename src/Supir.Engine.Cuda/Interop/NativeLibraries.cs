using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Supir.Engine.Cuda.Libraries;

namespace Supir.Engine.Cuda.Interop;

/// <summary>Gives every <c>LibraryImport</c> of this assembly the library that <see cref="CudaLibraries"/> found.</summary>
internal static class NativeLibraries
{
    private const string Maps = "/proc/self/maps";

    private static readonly ConcurrentDictionary<string, nint> Handles = new();
    private static readonly ConcurrentDictionary<string, string> Names = new();
    private static readonly Lazy<CudaLibraries> Found = new(() => CudaLibraries.Find(LibrarySearch.OnThisMachine()));

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>What was found on this machine; asking makes the imports work.</summary>
    public static CudaLibraries OnThisMachine => Found.Value;

    /// <summary>Loads a library with those that it needs in front, each by its whole path, so that all come from one place.</summary>
    /// <returns>Whether it can be called.</returns>
    public static bool TryLoad(string library) => Load(library) != 0;

    /// <summary>The newest CUDA version that the driver knows, as in 13.0; <c>null</c> without a driver.</summary>
    public static string? DriverVersion => TryLoad(CudaDriver.Library) && CudaDriver.cuDriverGetVersion(out int version) == CudaResult.Success
        ? string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}")
        : null;

    /// <summary>The file that a loaded library came from; its bare name where the system does not say.</summary>
    public static string? FileOf(string library)
    {
        if (!Names.TryGetValue(library, out string? name) || Path.IsPathRooted(name) || !File.Exists(Maps))
        {
            return name;
        }

        string? line = File.ReadLines(Maps).FirstOrDefault(line => line.Contains("/" + name, StringComparison.Ordinal));
        return line is null ? name : line[line.IndexOf('/', StringComparison.Ordinal)..];
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) => Load(library);

    private static nint Load(string library) => Handles.GetOrAdd(library, static name =>
    {
        foreach (string needed in CudaLibraries.NeededBy(name))
        {
            Load(needed);
        }

        bool isToolkit = name != CudaDriver.Library && DriverVersion is not null;
        int newestMajor = isToolkit ? int.Parse(DriverVersion!.Split('.')[0], CultureInfo.InvariantCulture) : int.MaxValue;
        foreach (string candidate in OnThisMachine.Candidates(name, newestMajor))
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle))
            {
                Names[name] = candidate;
                return handle;
            }
        }

        return 0;
    });
}

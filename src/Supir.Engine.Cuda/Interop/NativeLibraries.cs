using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using Supir.Engine.Cuda.Libraries;

namespace Supir.Engine.Cuda.Interop;

/// <summary>Gives every <c>LibraryImport</c> of this assembly the library that <see cref="CudaLibraries"/> found.</summary>
internal static class NativeLibraries
{
    private static readonly ConcurrentDictionary<string, nint> Handles = new();
    private static readonly Lazy<CudaLibraries> Found = new(() => CudaLibraries.Find(LibrarySearch.OnThisMachine()));

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>What was found on this machine; asking makes the imports work.</summary>
    public static CudaLibraries OnThisMachine => Found.Value;

    /// <summary>Loads a library with those that it needs in front, each by its whole path, so that all come from one place.</summary>
    /// <returns>Whether it can be called.</returns>
    public static bool TryLoad(string library) => Load(library) != 0;

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) => Load(library);

    private static nint Load(string library) => Handles.GetOrAdd(library, static name =>
    {
        foreach (string needed in CudaLibraries.NeededBy(name))
        {
            Load(needed);
        }

        foreach (string candidate in OnThisMachine.Candidates(name))
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    });
}

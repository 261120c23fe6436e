using System.Globalization;

namespace Supir.Engine.Cuda.Libraries;

/// <summary>Which of CUDA's libraries a machine has, and where.</summary>
public sealed class CudaLibraries
{
    /// <summary>Library → what it cannot be loaded without.</summary>
    private static readonly Dictionary<string, string[]> Needs = new()
    {
        ["nvrtc"] = ["nvrtc-builtins"],
        ["cudnn"] = ["cublasLt", "nvrtc"],
    };

    private readonly Dictionary<string, List<string>> _paths = [];
    private readonly LibrarySearch _search;

    private CudaLibraries(LibrarySearch search) => _search = search;

    /// <summary>The names that we use, and what each library is for.</summary>
    public static IReadOnlyDictionary<string, string> Known { get; } = new Dictionary<string, string>
    {
        ["cuda"] = "the driver",
        ["nvrtc"] = "compiles our kernels",
        ["nvrtc-builtins"] = "needed by nvrtc",
        ["cublasLt"] = "matrix products",
        ["cudnn"] = "convolutions and attention, optional",
    };

    /// <summary>Folders that were searched.</summary>
    public IReadOnlyList<string> Folders => _search.Folders;

    /// <summary>Looks for every known library; nothing is loaded.</summary>
    public static CudaLibraries Find(LibrarySearch search)
    {
        ArgumentNullException.ThrowIfNull(search);
        CudaLibraries libraries = new(search);
        foreach (string name in Known.Keys)
        {
            libraries._paths.Add(name, [.. search.Folders.SelectMany(folder => FilesIn(folder, name, search.IsWindows)).Distinct()]);
        }

        return libraries;
    }

    /// <summary>The file of a library that is tried first, or <c>null</c> where no folder has one.</summary>
    public string? PathOf(string name) => _paths[name].FirstOrDefault();

    /// <summary>What to load a library by: whole paths first, then bare names, which the system resolves.</summary>
    public IReadOnlyList<string> Candidates(string name) => [.. _paths[name], .. FileNames(name)];

    /// <summary>The same for a driver that knows CUDA up to a major version: libraries of a newer one cannot work with it.</summary>
    public IReadOnlyList<string> Candidates(string name, int newestMajor) => [.. Candidates(name).Where(candidate => !IsNewer(name, candidate, newestMajor))];

    /// <summary>A library's file names, the newest version first.</summary>
    public IReadOnlyList<string> FileNames(string name) => [.. Versions(name).Select(version => FileName(name, version, _search.IsWindows))];

    /// <summary>What has to be loaded before a library.</summary>
    public static IReadOnlyList<string> NeededBy(string name) => Needs.GetValueOrDefault(name, []);

    /// <summary>Majors that we accept, the newest first.</summary>
    private static int[] Versions(string name) => name switch
    {
        "cuda" => [1],
        "cudnn" => [9],
        _ => [13, 12],
    };

    private bool IsNewer(string name, string candidate, int newestMajor)
    {
        string file = Path.GetFileName(candidate);
        string Stem(int version) => _search.IsWindows ? $"{name}64_{version}" : $"lib{name}.so.{version}";
        return IsVersionedByToolkit(name) && Versions(name).Any(version => version > newestMajor && file.StartsWith(Stem(version), StringComparison.Ordinal));
    }

    private static bool IsVersionedByToolkit(string name) => name is not ("cuda" or "cudnn");

    private static IEnumerable<string> FilesIn(string folder, string name, bool isWindows)
    {
        foreach (int version in Versions(name))
        {
            string exact = Path.Combine(folder, FileName(name, version, isWindows));
            if (File.Exists(exact))
            {
                yield return exact;
            }

            // The names of nvrtc have a minor version: libnvrtc-builtins.so.13.0, nvrtc64_130_0.dll.
            if (name is "nvrtc" or "nvrtc-builtins" && Directory.Exists(folder))
            {
                string pattern = isWindows ? $"{name}64_{version}?*.dll" : $"lib{name}.so.{version}.*";
                foreach (string file in Directory.EnumerateFiles(folder, pattern).OrderDescending(StringComparer.Ordinal))
                {
                    yield return file;
                }
            }
        }
    }

    private static string FileName(string name, int version, bool isWindows)
    {
        string number = version.ToString(CultureInfo.InvariantCulture);
        return (isWindows, name) switch
        {
            (true, "cuda") => "nvcuda.dll",
            (true, "nvrtc" or "nvrtc-builtins") => $"{name}64_{number}0_0.dll",
            (true, _) => $"{name}64_{number}.dll",
            _ => $"lib{name}.so.{number}",
        };
    }
}

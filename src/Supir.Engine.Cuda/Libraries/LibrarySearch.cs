using System.Runtime.InteropServices;

namespace Supir.Engine.Cuda.Libraries;

/// <summary>Where CUDA's libraries are looked for, in this order.</summary>
/// <param name="Folders">Folders, the first that has a library wins.</param>
/// <param name="IsWindows">Whether file names are those of Windows.</param>
public sealed record LibrarySearch(IReadOnlyList<string> Folders, bool IsWindows)
{
    /// <summary>The environment variable that names folders before all others, separated as in PATH.</summary>
    public const string Variable = "SUPIR_CUDA_PATH";

    /// <summary>The program's own folder, SUPIR_CUDA_PATH, CUDA_PATH, the nvidia packages of Python environments, the usual places.</summary>
    public static LibrarySearch OnThisMachine() =>
        Of(AppContext.BaseDirectory, Environment.GetEnvironmentVariable, RuntimeInformation.IsOSPlatform(OSPlatform.Windows));

    /// <summary>The same for a given program folder and environment.</summary>
    public static LibrarySearch Of(string programFolder, Func<string, string?> environment, bool isWindows)
    {
        ArgumentNullException.ThrowIfNull(environment);
        List<string> folders = [programFolder];
        foreach (string named in Split(environment(Variable)))
        {
            folders.Add(named);
            folders.AddRange(ToolkitFolders(named));
            folders.AddRange(PythonFolders(named));
        }

        foreach (string toolkit in Split(environment("CUDA_PATH")).Concat(Split(environment("CUDA_HOME"))))
        {
            folders.AddRange(ToolkitFolders(toolkit));
        }

        foreach (string python in PythonRoots(environment))
        {
            folders.AddRange(PythonFolders(python));
        }

        folders.AddRange(Split(environment("LD_LIBRARY_PATH")));
        if (!isWindows)
        {
            folders.AddRange(ToolkitFolders("/usr/local/cuda"));
            folders.AddRange(["/usr/local/nvidia/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib/wsl/lib"]);
        }

        return new LibrarySearch([.. folders.Where(Directory.Exists).Distinct()], isWindows);
    }

    private static string[] Split(string? paths) =>
        paths?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static IEnumerable<string> ToolkitFolders(string root) =>
        [Path.Combine(root, "lib64"), Path.Combine(root, "targets", "x86_64-linux", "lib"), Path.Combine(root, "bin"), Path.Combine(root, "bin", "x64"), Path.Combine(root, "lib")];

    private static IEnumerable<string> PythonRoots(Func<string, string?> environment)
    {
        foreach (string variable in new[] { "VIRTUAL_ENV", "CONDA_PREFIX" })
        {
            if (environment(variable) is { Length: > 0 } root)
            {
                yield return root;
            }
        }

        // The environment that a plain "python3" belongs to, and those where wheels are usually installed.
        foreach (string folder in Split(environment("PATH")))
        {
            if (File.Exists(Path.Combine(folder, "python3")) && Path.GetDirectoryName(folder) is string root)
            {
                yield return root;
            }
        }

        if (environment("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".local");
        }
    }

    /// <summary>lib/python3.x/site-packages/nvidia/*/lib of an environment (Windows: Lib\site-packages\nvidia\*\bin), and torch/lib.</summary>
    private static IEnumerable<string> PythonFolders(string root)
    {
        IEnumerable<string> libraries = Subfolders(Path.Combine(root, "lib"), "python3*").Append(Path.Combine(root, "Lib"));
        foreach (string library in libraries)
        {
            foreach (string packages in new[] { "site-packages", "dist-packages" })
            {
                foreach (string package in Subfolders(Path.Combine(library, packages, "nvidia"), "*"))
                {
                    yield return Path.Combine(package, "lib");
                    yield return Path.Combine(package, "bin");
                }

                yield return Path.Combine(library, packages, "torch", "lib");
            }
        }
    }

    private static IEnumerable<string> Subfolders(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, pattern).Order(StringComparer.Ordinal) : [];
}

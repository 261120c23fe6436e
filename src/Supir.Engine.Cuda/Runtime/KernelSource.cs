using System.Reflection;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>The kernels' source texts, which travel inside the assembly.</summary>
internal static class KernelSource
{
    /// <summary>What stands in front of every file: number formats and their conversions. No file includes another.</summary>
    public const string Prelude = "Elements.cu";

    /// <summary>All embedded files.</summary>
    public static IReadOnlyList<string> Files =>
        [.. typeof(KernelSource).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".cu", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The text to compile for a file.</summary>
    public static string TextOf(string file) => $"{Read(Prelude)}\n#line 1 \"{file}\"\n{Read(file)}";

    private static string Read(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The kernel source {file} is not embedded.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}

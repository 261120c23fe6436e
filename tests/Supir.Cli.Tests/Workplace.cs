using Supir.Restoration.Imaging;

namespace Supir.Cli.Tests;

/// <summary>A folder for one test, and the program run in it.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("supir-cli-").FullName;

    /// <summary>A file of this clone, given from its root.</summary>
    public static string CloneFile(params string[] parts)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Supir.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine([folder?.FullName ?? throw new DirectoryNotFoundException("No Supir.slnx above the tests."), .. parts]);
    }

    /// <summary>Names of all files here, hidden ones too.</summary>
    public IReadOnlyList<string> Files =>
        [.. Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder, path)).Order()];

    /// <summary>The full path of a file here.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a file.</summary>
    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    /// <summary>Writes a picture of soft stripes.</summary>
    public string WritePicture(string name, int width = 64, int height = 64)
    {
        byte[] pixels = new byte[width * height * Picture.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(128 + (100 * Math.Sin((i / Picture.Channels % width * 0.3) + (i % Picture.Channels))));
        }

        PictureFile.Save(new Picture(width, height, pixels), PathOf(name));
        return PathOf(name);
    }

    /// <summary>The shipped options with another checkpoint.</summary>
    public string WriteOptions(string checkpoint)
    {
        string text = File.ReadAllText(CloneFile("options", "SUPIR_mini.yaml"));
        string path = PathOf("options.yaml");
        File.WriteAllText(path, text.Replace("../models/supir-mini.safetensors", checkpoint, StringComparison.Ordinal));
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

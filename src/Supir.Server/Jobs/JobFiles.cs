using System.Globalization;

namespace Supir.Server.Jobs;

/// <summary>The files of one job.</summary>
internal sealed class JobFiles(string folder)
{
    /// <summary>The picture as it was posted, byte for byte.</summary>
    public string Input => Path.Combine(folder, "input");

    /// <summary>The picture of stage 1.</summary>
    public string Stage1 => Path.Combine(folder, "stage1.png");

    /// <summary>A small picture for lists.</summary>
    public string Thumbnail => Path.Combine(folder, "thumbnail.webp");

    /// <summary>A result.</summary>
    public string Result(int sample) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"result-{sample}.png"));

    /// <summary>Makes the folder with the posted picture in it.</summary>
    public void Create(ReadOnlySpan<byte> input, ReadOnlySpan<byte> thumbnail)
    {
        Directory.CreateDirectory(folder);
        Write(Input, input);
        Write(Thumbnail, thumbnail);
    }

    /// <summary>Writes a file that is there as a whole or not at all.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string part = path + ".part";
        using (FileStream stream = new(part, FileMode.Create, FileAccess.Write))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: true);
    }

    /// <summary>Removes everything.</summary>
    public void Delete()
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // That is what was wanted.
        }
    }
}

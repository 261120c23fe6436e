using System.Diagnostics;
using System.Globalization;
using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Cli.Tests.Folders;

/// <summary>The real program, killed with signal 9 again and again, over a folder as people have them.</summary>
public sealed class KilledFolderTests : IDisposable
{
    private const int Pictures = 200;
    private const int Kills = 6;

    private static readonly string[] Small = ["--min_size", "64", "--edm_steps", "1", "--threads", "2", "--s_cfg", "1", "--max_megapixels", "0.01", "--journal", "0"];

    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public void Two_hundred_pictures_with_kills_come_to_the_names_and_bytes_of_an_undisturbed_run()
    {
        WriteFolder();
        string[] undisturbed = Command("whole");
        string[] killed = Command("killed");
        (int wholeExit, string wholeOutput) = Start(undisturbed, killAfter: null);

        // Each kill comes later than the one before: while opening, reading, restoring, writing.
        for (int kill = 0; kill < Kills; kill++)
        {
            Start(killed, TimeSpan.FromMilliseconds(250 + (350 * kill * kill)));
        }

        (int exit, string output) = Start(killed, killAfter: null);

        Assert.Equal(ExitCodes.File, wholeExit);
        Assert.Equal(ExitCodes.File, exit);
        Assert.Contains(" 5 failed of 200 pictures", wholeOutput, StringComparison.Ordinal);
        Assert.Contains(" 5 failed of 200 pictures", output, StringComparison.Ordinal);
        string[] names = NamesIn("whole");
        Assert.Equal(Pictures - 5, names.Length);
        Assert.Equal(names, NamesIn("killed"));
        foreach (string name in names)
        {
            Assert.True(
                File.ReadAllBytes(_workplace.PathOf($"whole/{name}")).AsSpan().SequenceEqual(File.ReadAllBytes(_workplace.PathOf($"killed/{name}"))), name);
        }
    }

    private string[] Command(string output) => ["restore", _workplace.PathOf("in"), "-o", _workplace.PathOf(output), .. Small];

    private string[] NamesIn(string folder)
    {
        string root = _workplace.PathOf(folder);
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal)];
    }

    private void WriteFolder()
    {
        string[] extensions = ["jpg", "png", "webp", "tif"];
        for (int i = 0; i < Pictures - 13; i++)
        {
            string folder = $"in/{i % 7}";
            Directory.CreateDirectory(_workplace.PathOf(folder));
            _workplace.WritePicture(string.Create(CultureInfo.InvariantCulture, $"{folder}/{i}.{extensions[i % 4]}"), 24 + (i % 40), 20 + (i % 30));
        }

        // Broken: not a picture, empty, cut, garbled, a header without data.
        byte[] good = PictureFile.Encode(PictureFile.Load(_workplace.PathOf("in/1/1.png")), PictureFormat.Png);
        _workplace.Write("in/0/text.jpg", "this is text"u8.ToArray());
        _workplace.Write("in/0/empty.webp", []);
        _workplace.Write("in/0/cut.png", good[..(good.Length / 2)]);
        _workplace.Write("in/0/garbled.png", [.. good[..60], .. new byte[40], .. good[100..]]);
        _workplace.Write("in/0/header.tif", [.. "II*\0"u8, 8, 0, 0, 0]);

        // Huge, tiny, odd, wide, with alpha, of 16 bits, of another format than its name says, two names that become one.
        _workplace.WritePicture("in/0/huge.jpg", 4000, 3000);
        _workplace.WritePicture("in/0/tiny.png", 1, 1);
        _workplace.WritePicture("in/0/odd ünï 'name'.png", 33, 57);
        _workplace.WritePicture("in/0/wide.png", 60, 3);
        PictureFile.Save(new Picture(20, 20, new byte[1200], [.. Enumerable.Range(0, 400).Select(i => (byte)i)]), _workplace.PathOf("in/0/alpha.png"));
        PictureFile.Save(new Picture(20, 20, [.. Enumerable.Range(0, 1200).Select(i => (ushort)(i * 50))]), _workplace.PathOf("in/0/wide levels.tif"));
        _workplace.Write("in/0/twin.jpg", good);
        _workplace.Write("in/0/twin.png", good);
        _workplace.Write("in/0/notes.txt", []);
    }

    private static (int ExitCode, string Output) Start(string[] args, TimeSpan? killAfter)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "supir.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process program = Process.Start(start)!;
        Task<string> output = program.StandardOutput.ReadToEndAsync();
        Task<string> error = program.StandardError.ReadToEndAsync();
        if (killAfter is TimeSpan time && !program.WaitForExit(time))
        {
            program.Kill();
        }

        program.WaitForExit();
        return (program.ExitCode, output.Result + error.Result);
    }
}

using Supir.Checkpoints.Conversion;
using Xunit;

namespace Supir.Checkpoints.Tests.Conversion;

public sealed class UnfinishedConversionTests : IDisposable
{
    /// <summary>No system gives a process this number.</summary>
    private const int Nobody = int.MaxValue;

    /// <summary>The first process of any system, which lives as long as that.</summary>
    private const int Init = 1;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("supir-unfinished-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Files_of_processes_that_are_gone_are_removed()
    {
        Write($"out.safetensors.{Nobody}.part");
        Write($"out.safetensors.{Environment.ProcessId}.part");

        UnfinishedConversion.RemoveLeftovers(PathOf("out.safetensors"));

        Assert.Empty(Names());
    }

    [Fact]
    public void Files_that_are_written_stay_and_so_does_all_that_has_another_name()
    {
        string[] others =
        [
            "out.safetensors", "out.safetensors.part", "out.safetensors..part", $"out.safetensors.0{Nobody}.part", "out.safetensors.-7.part", $"out.safetensors.{Nobody}.parts",
            $"out.safetensors.{Nobody}9.part", $"out.safetensors-{Nobody}.part", $"another.safetensors.{Nobody}.part", $"out.safetensors.x.{Nobody}.part", $"out.safetensors.{Init}.part",
        ];
        Array.ForEach(others, Write);
        File.CreateSymbolicLink(PathOf($"out.safetensors.{Nobody - 1}.part"), PathOf("out.safetensors"));
        using FileStream living = new(PathOf($"out.safetensors.{Nobody}.part"), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        IReadOnlyList<string> before = Names();

        UnfinishedConversion.RemoveLeftovers(PathOf("out.safetensors"));

        Assert.Equal(others.Length + 2, before.Count);
        Assert.Equal(before, Names());
    }

    [Fact]
    public void A_folder_goes_by_the_weights_that_were_being_written_in_it()
    {
        Write($"out.{Nobody}.part/model.safetensors.{Nobody}.part");
        Write($"out.{Nobody}.part/config.json");
        Write($"out.{Nobody - 1}.part/config.json");
        Write($"out.{Nobody - 2}.part/model.safetensors.{Nobody}.part");
        Directory.CreateDirectory(PathOf($"out.{Nobody - 3}.part"));
        using FileStream living = new(PathOf($"out.{Nobody - 3}.part/model.safetensors.{Nobody - 3}.part"), FileMode.CreateNew, FileAccess.Write, FileShare.None);

        UnfinishedConversion.RemoveLeftovers(PathOf("out") + Path.DirectorySeparatorChar);

        Assert.Equal([$"out.{Nobody - 3}.part", $"out.{Nobody - 2}.part", $"out.{Nobody - 1}.part"], Names());
        UnfinishedConversion.RemoveLeftovers(PathOf("no-such-folder/out"));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), [1]);
    }

    private IReadOnlyList<string> Names() => [.. _folder.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];
}

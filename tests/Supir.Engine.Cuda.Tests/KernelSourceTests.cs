using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Runtime;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Cuda.Tests;

public sealed partial class KernelSourceTests
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Golden.PathOf("README.md"))!, "..", "..", "src", "Supir.Engine.Cuda", "Kernels"));

    public static TheoryData<string> Files => [.. KernelSource.Files];

    [Theory, MemberData(nameof(Files))]
    public void A_kernel_file_has_its_launches_beside_it(string file) =>
        Assert.True(File.Exists(Path.Combine(Folder, Path.ChangeExtension(file, ".cs"))));

    [Theory, MemberData(nameof(Files))]
    public void A_kernel_file_includes_nothing(string file) =>
        Assert.DoesNotContain("#include", KernelSource.TextOf(file), StringComparison.Ordinal);

    [Theory, MemberData(nameof(Files))]
    public void A_kernel_file_says_first_what_it_does(string file) =>
        Assert.StartsWith("//", File.ReadAllText(Path.Combine(Folder, file)), StringComparison.Ordinal);

    [Fact]
    public void Every_kernel_that_is_launched_is_in_the_file_that_its_definition_names()
    {
        int count = 0;
        foreach (string launches in Directory.EnumerateFiles(Folder, "*.cs"))
        {
            foreach (Match definition in Definition().Matches(File.ReadAllText(launches)))
            {
                string text = KernelSource.TextOf(definition.Groups["file"].Value);
                Assert.Matches($@"extern ""C"" __global__ void (__launch_bounds__\([^)]*(\)|\s32\)) )?{definition.Groups["name"].Value}\(", text);
                count++;
            }
        }

        Assert.True(count >= 18, $"only {count} definitions were found");
    }

    [Fact]
    public void The_structures_that_the_driver_reads_are_as_large_as_it_thinks()
    {
        Assert.Equal(56, Unsafe.SizeOf<CudaLaunchConfiguration>());
        Assert.Equal(72, Unsafe.SizeOf<CudaLaunchAttribute>());
    }

    [Fact]
    public void The_structures_that_cuBLASLt_fills_are_as_large_as_it_thinks()
    {
        Assert.Equal(64, Unsafe.SizeOf<CublasLt.MatmulAlgorithm>());
        Assert.Equal(96, Unsafe.SizeOf<CublasLt.MatmulHeuristic>());
    }

    [Fact]
    public void What_the_cache_stores_is_found_under_its_key_only()
    {
        using TemporaryFolder folder = new();
        DiskCache cache = new(Path.Combine(folder.Path, "new"));
        Assert.Null(cache.Load("key"));
        cache.Store("key", [1, 2, 3]);

        Assert.Equal([1, 2, 3], cache.Load("key")!);
        Assert.Null(cache.Load("another key"));
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_no_error()
    {
        using TemporaryFolder folder = new();
        DiskCache cache = new(Path.Combine(folder.Touch("a file"), "below a file"));
        cache.Store("key", [1]);

        Assert.Null(cache.Load("key"));
    }

    [GeneratedRegex("new\\(\"(?<file>[A-Za-z]+\\.cu)\", \"(?<name>[a-z_]+)\"\\)")]
    private static partial Regex Definition();
}

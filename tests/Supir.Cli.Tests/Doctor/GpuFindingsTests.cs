using Supir.Cli.Doctor;
using Supir.Engine.Cuda.Libraries;
using Xunit;

namespace Supir.Cli.Tests.Doctor;

public sealed class GpuFindingsTests
{
    private static readonly LibraryFinding Driver = new("libcuda.so.1", "the driver", true, "/usr/lib/libcuda.so.1", "13.0", []);
    private static readonly LibraryFinding Compiler = new("libnvrtc.so.13", "compiles our kernels", true, null, null, ["/opt/cuda/libnvrtc.so.12"]);
    private static readonly LibraryFinding Convolutions = new("libcudnn.so.9", "convolutions", false, null, null, []);

    [Fact]
    public void A_GPU_without_a_library_is_told_with_what_is_missing_and_where_was_searched()
    {
        GpuFinding gpu = new(0, "NVIDIA H100", 90, 80_000_000_000);
        CudaInventory inventory = new([Driver, Compiler, Convolutions], ["/opt/cuda"], "13.0", [gpu], "NVIDIA H100 is there, but libnvrtc.so.13 is not");

        Finding[] findings = [.. GpuFindings.Of(inventory)];

        Assert.All(findings, finding => Assert.True(finding.IsGood));
        Assert.Equal(["GPU", "cuda:0", "libcuda", "libnvrtc", "libcudnn", "searched"], findings.Select(finding => finding.Subject));
        Assert.Equal([false, true, true, false, false, false], findings.Select(finding => finding.IsThere));
        Assert.Contains("libnvrtc.so.13 is not; the processor computes", findings[0].Detail, StringComparison.Ordinal);
        Assert.Contains("80.0 GB, compute capability 9.0", findings[1].Detail, StringComparison.Ordinal);
        Assert.Contains("13.0, /usr/lib/libcuda.so.1", findings[2].Detail, StringComparison.Ordinal);
        Assert.Contains("cannot be loaded: /opt/cuda/libnvrtc.so.12", findings[3].Detail, StringComparison.Ordinal);
        Assert.Contains("libcudnn.so.9 was not found", findings[4].Detail, StringComparison.Ordinal);
        Assert.Contains("/opt/cuda", findings[5].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void With_everything_there_nothing_is_said_about_searching()
    {
        CudaInventory inventory = new([Driver], [], "13.0", [new(1, "An old one", 61, 8_000_000_000), new(2, "NVIDIA L4", 89, 24_000_000_000)], null);

        Finding[] findings = [.. GpuFindings.Of(inventory)];

        Assert.Contains("1 can be used, cuda:2 is the default", findings[0].Detail, StringComparison.Ordinal);
        Assert.Contains("too old", findings[1].Detail, StringComparison.Ordinal);
        Assert.Equal("libcuda", findings[^1].Subject);
    }
}

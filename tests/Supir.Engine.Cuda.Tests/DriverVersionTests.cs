using Supir.Engine.Cuda.Libraries;
using Xunit;

namespace Supir.Engine.Cuda.Tests;

public sealed class DriverVersionTests
{
    [Fact]
    public void Libraries_of_a_newer_CUDA_than_the_drivers_are_passed_over()
    {
        using TemporaryFolder folder = new();
        string older = folder.Touch("libnvrtc.so.12");
        folder.Touch("libnvrtc.so.13");
        CudaLibraries libraries = CudaLibraries.Find(new LibrarySearch([folder.Path], IsWindows: false));

        Assert.Equal([older, "libnvrtc.so.12"], libraries.Candidates("nvrtc", newestMajor: 12));
        Assert.Equal(4, libraries.Candidates("nvrtc", newestMajor: 13).Count);
        Assert.Equal(["libcudnn.so.9"], libraries.Candidates("cudnn", newestMajor: 5));
    }

    [Fact]
    public void An_inventory_without_a_driver_says_so_and_has_no_GPU()
    {
        if (File.Exists("/dev/nvidiactl"))
        {
            return; // this machine has one
        }

        CudaInventory inventory = CudaInventory.Take(isThorough: true);
        Assert.Contains("driver", inventory.Problem, StringComparison.Ordinal);
        Assert.Empty(inventory.Usable);
        Assert.Equal(["libcuda.so.1", "libnvrtc.so.13", "libcublasLt.so.13", "libcudnn.so.9"], inventory.Libraries.Select(library => library.FileName));
    }
}

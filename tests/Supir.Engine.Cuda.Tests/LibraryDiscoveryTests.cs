using Supir.Engine.Cuda.Libraries;
using Xunit;

namespace Supir.Engine.Cuda.Tests;

public sealed class LibraryDiscoveryTests
{
    [Fact]
    public void The_packages_of_a_Python_environment_are_found()
    {
        using TemporaryFolder folder = new();
        string product = folder.Touch("lib", "python3.12", "site-packages", "nvidia", "cu13", "lib", "libcublasLt.so.13");
        string cudnn = folder.Touch("lib", "python3.12", "site-packages", "nvidia", "cudnn", "lib", "libcudnn.so.9");

        CudaLibraries libraries = Find(folder.Path, new() { ["VIRTUAL_ENV"] = folder.Path });

        Assert.Equal(product, libraries.PathOf("cublasLt"));
        Assert.Equal(cudnn, libraries.PathOf("cudnn"));
    }

    [Fact]
    public void The_environment_of_the_python3_on_the_path_is_searched()
    {
        using TemporaryFolder folder = new();
        folder.Touch("bin", "python3");
        string compiler = folder.Touch("lib", "python3.11", "site-packages", "nvidia", "cuda_nvrtc", "lib", "libnvrtc.so.12");

        Assert.Equal(compiler, Find("/nowhere", new() { ["PATH"] = Path.Combine(folder.Path, "bin") }).PathOf("nvrtc"));
    }

    [Fact]
    public void The_named_folder_comes_before_the_toolkit_and_the_programs_own_before_both()
    {
        using TemporaryFolder own = new();
        using TemporaryFolder named = new();
        using TemporaryFolder toolkit = new();
        string first = own.Touch("libcublasLt.so.12");
        string second = named.Touch("libcublasLt.so.13");
        string third = toolkit.Touch("lib64", "libcublasLt.so.13");
        Dictionary<string, string> variables = new() { [LibrarySearch.Variable] = named.Path, ["CUDA_PATH"] = toolkit.Path };

        Assert.Equal([first, second, third], Find(own.Path, variables).Candidates("cublasLt").Take(3));
    }

    [Fact]
    public void In_one_folder_the_newer_version_is_tried_first_and_minor_versions_count()
    {
        using TemporaryFolder folder = new();
        string newer = folder.Touch("libnvrtc-builtins.so.13.0");
        string older = folder.Touch("libnvrtc-builtins.so.12.8");

        Assert.Equal([newer, older], Find(folder.Path, []).Candidates("nvrtc-builtins").Take(2));
    }

    [Fact]
    public void On_Windows_the_names_are_those_of_Windows()
    {
        using TemporaryFolder folder = new();
        string compiler = folder.Touch("nvrtc64_130_0.dll");
        CudaLibraries libraries = CudaLibraries.Find(LibrarySearch.Of(folder.Path, _ => null, isWindows: true));

        Assert.Equal(compiler, libraries.PathOf("nvrtc"));
        Assert.Equal("nvcuda.dll", libraries.Candidates("cuda")[^1]);
    }

    [Fact]
    public void What_is_nowhere_has_no_path_and_is_left_to_the_system()
    {
        CudaLibraries libraries = CudaLibraries.Find(new LibrarySearch([], IsWindows: false));

        Assert.Null(libraries.PathOf("cudnn"));
        Assert.Equal(["libcublasLt.so.13", "libcublasLt.so.12"], libraries.Candidates("cublasLt"));
    }

    [Fact]
    public void Without_a_GPU_the_message_says_what_is_missing_and_what_to_do()
    {
        if (File.Exists("/dev/nvidiactl"))
        {
            return; // this machine has one
        }

        DeviceException exception = Assert.Throws<DeviceException>(() => new CudaBackend());

        Assert.Contains("driver", exception.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("--device cpu", exception.Message, StringComparison.Ordinal);
    }

    private static CudaLibraries Find(string programFolder, Dictionary<string, string> variables) =>
        CudaLibraries.Find(LibrarySearch.Of(programFolder, name => variables.GetValueOrDefault(name), isWindows: false));
}

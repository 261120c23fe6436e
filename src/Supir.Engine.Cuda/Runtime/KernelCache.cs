using System.Collections.Concurrent;
using Supir.Engine.Cuda.Interop;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>Kernels, each compiled on first use, or read from disk where an earlier run compiled the same text.</summary>
internal sealed unsafe class KernelCache(CudaDevice device, DiskCache disk) : IDisposable
{
    private readonly ConcurrentDictionary<(string, KernelVariant), nint> _modules = new();
    private readonly ConcurrentDictionary<(KernelDefinition, KernelVariant), nint> _functions = new();

    /// <summary>How many files were compiled rather than found on disk.</summary>
    public int CompiledCount { get; private set; }

    /// <summary>A kernel's handle.</summary>
    public nint Get(KernelDefinition kernel, KernelVariant variant) => _functions.GetOrAdd((kernel, variant), key =>
    {
        nint module = _modules.GetOrAdd((key.Item1.File, key.Item2), file => Load(file.Item1, file.Item2));
        CudaResult result = CudaDriver.cuModuleGetFunction(out nint function, module, key.Item1.Name);
        result.ThrowOnError($"cuModuleGetFunction({key.Item1.File}, {key.Item1.Name})");
        return function;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        device.MakeCurrent();
        foreach (nint module in _modules.Values)
        {
            _ = CudaDriver.cuModuleUnload(module);
        }
    }

    private nint Load(string file, KernelVariant variant)
    {
        string source = KernelSource.TextOf(file);
        string key = $"{source}\n{KernelCompiler.TargetOf(device.Architecture)} {string.Join(' ', variant.Options)} nvrtc {KernelCompiler.Version()}";
        byte[]? image = disk.Load(key);
        if (image is not null && TryLoad(image, out nint cached))
        {
            return cached;
        }

        image = KernelCompiler.Compile(file, source, device.Architecture, variant.Options);
        CompiledCount++;
        disk.Store(key, image);
        return TryLoad(image, out nint module)
            ? module
            : throw new DeviceException($"The driver (CUDA {device.DriverVersion}) does not take what NVRTC {KernelCompiler.Version()} compiled from {file}: update the driver.");
    }

    private static bool TryLoad(byte[] image, out nint module)
    {
        fixed (byte* bytes = image)
        {
            return CudaDriver.cuModuleLoadData(out module, bytes) == CudaResult.Success;
        }
    }
}

using System.Collections.Concurrent;
using Supir.Engine.Cuda.Interop;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>Kernels, each compiled on first use, or read from disk where an earlier run compiled the same text.</summary>
internal sealed unsafe class KernelCache(CudaDevice device, DiskCache disk) : IDisposable
{
    private readonly ConcurrentDictionary<(string, KernelVariant), Lazy<nint>> _modules = new();
    private readonly ConcurrentDictionary<(KernelDefinition, KernelVariant), nint> _functions = new();

    private readonly List<Task> _ahead = [];
    private int _compiledCount;

    /// <summary>How many files were compiled rather than found on disk.</summary>
    public int CompiledCount => _compiledCount;

    /// <summary>A kernel's handle.</summary>
    public nint Get(KernelDefinition kernel, KernelVariant variant) => _functions.GetOrAdd((kernel, variant), key =>
    {
        nint module = ModuleOf(key.Item1.File, key.Item2);
        CudaResult result = CudaDriver.cuModuleGetFunction(out nint function, module, key.Item1.Name);
        result.ThrowOnError($"cuModuleGetFunction({key.Item1.File}, {key.Item1.Name})");
        return function;
    });

    /// <summary>Begins to compile files on other threads; whoever needs one meanwhile waits for it.</summary>
    public void CompileAhead(IEnumerable<(string File, KernelVariant Variant)> files)
    {
        foreach ((string file, KernelVariant variant) in files.Where(item => !_modules.ContainsKey(item)))
        {
            _ahead.Add(Task.Run(() => ModuleOf(file, variant)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Task.WaitAll(_ahead);
        }
        catch (AggregateException)
        {
            // Whoever needed the kernel has been told.
        }

        device.MakeCurrent();
        foreach (Lazy<nint> module in _modules.Values.Where(module => module.IsValueCreated))
        {
            _ = CudaDriver.cuModuleUnload(module.Value);
        }
    }

    private nint ModuleOf(string file, KernelVariant variant) =>
        _modules.GetOrAdd((file, variant), key => new Lazy<nint>(() => Load(key.Item1, key.Item2))).Value;

    private nint Load(string file, KernelVariant variant)
    {
        device.MakeCurrent();
        string source = KernelSource.TextOf(file);
        string key = $"{source}\n{KernelCompiler.TargetOf(device.Architecture)} {string.Join(' ', variant.Options)} nvrtc {KernelCompiler.Version()}";
        byte[]? image = disk.Load(key);
        if (image is not null && TryLoad(image, out nint cached))
        {
            return cached;
        }

        image = KernelCompiler.Compile(file, source, device.Architecture, variant.Options);
        Interlocked.Increment(ref _compiledCount);
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

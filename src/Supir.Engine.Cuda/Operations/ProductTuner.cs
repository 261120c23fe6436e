using System.Runtime.InteropServices;
using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Operations;

/// <summary>Chooses algorithms for matrix products: measures cuBLASLt's suggestions once for each size, and remembers on disk.</summary>
internal sealed unsafe class ProductTuner : IDisposable
{
    /// <summary>Enough for split-K on the largest results of a step.</summary>
    public const long MostWorkspaceBytes = 64L << 20;

    /// <summary>A product below this many operations takes the first suggestion: it is over before tuning matters.</summary>
    private const double LeastFlopsToMeasure = 2e7;

    private const int Suggestions = 32;
    private const int Repetitions = 4;

    /// <summary>Twice the second-level cache of the largest GPUs.</summary>
    private const long FlushBytes = 128L << 20;

    private readonly CudaDevice _device;
    private readonly DiskCache _disk;
    private readonly nint _handle;
    private readonly Dictionary<ProductSizes, Choice?> _choices = [];
    private DeviceMemory? _flush;

    /// <summary>Opens cuBLASLt.</summary>
    public ProductTuner(CudaDevice device, DiskCache disk)
    {
        _device = device;
        _disk = disk;
        int status = CublasLt.cublasLtCreate(out _handle);
        if (status != 0)
        {
            throw new DeviceException($"cuBLASLt does not start on {device.Name}: status {status}. Is there free memory on the GPU, and does its CUDA version suit the driver ({device.DriverVersion})?");
        }
    }

    /// <summary>cuBLASLt's version, as in 130101.</summary>
    public static long Version => (long)CublasLt.cublasLtGetVersion();

    /// <summary>Whether algorithms are measured; otherwise cuBLASLt's first suggestion is taken.</summary>
    public bool Measures { get; set; } = true;

    /// <summary>A product with its algorithm, or <c>null</c> where cuBLASLt knows none for these sizes.</summary>
    public Product? TryCreate(ProductSizes sizes, nint x, nint weights, nint bias, nint residual, nint y, nint workspace)
    {
        Product product = new(_handle, sizes, bias);
        if (!_choices.TryGetValue(sizes, out Choice? choice))
        {
            // In a network the source has just been written and lies in the cache, the weights do not.
            nuint warmBytes = (nuint)Math.Min(FlushBytes / 2, (long)sizes.Batch * sizes.Rows * sizes.SourceStride * sizes.Type.SizeInBytes);
            choice = Choose(product, flush => CudaDriver.cuMemcpyDtoDAsync_v2(flush, x, sizes.Batch == 1 ? warmBytes : 0, _device.Stream).ThrowOnError(), (p, algorithm) =>
            {
                p.Algorithm = algorithm.Algorithm;
                p.WorkspaceBytes = algorithm.WorkspaceBytes;
                return p.TryRun(x, weights, residual, y, workspace, _device.Stream);
            });
            _choices.Add(sizes, choice);
        }

        if (choice is null)
        {
            product.Dispose();
            return null;
        }

        product.Algorithm = choice.Algorithm;
        product.WorkspaceBytes = choice.WorkspaceBytes;
        return product;
    }

    /// <summary>Gives back what only measuring needs.</summary>
    public void Finish()
    {
        _flush?.Dispose();
        _flush = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Finish();
        _ = CublasLt.cublasLtDestroy(_handle);
    }

    private Choice? Choose(Product product, Action<nint> warm, Func<Product, Choice, int> run)
    {
        string key = $"product {product.Sizes} {_device.Name} cublasLt {Version}";
        if (Measures && _disk.Load(key) is byte[] { Length: 72 } stored)
        {
            return new Choice(MemoryMarshal.Read<CublasLt.MatmulAlgorithm>(stored), BitConverter.ToInt64(stored, 64));
        }

        Choice[] candidates = [.. product.Suggestions(Suggestions, MostWorkspaceBytes).Select(suggestion => new Choice(suggestion.Algorithm, (long)suggestion.WorkspaceBytes))];
        if (candidates.Length < 2 || !Measures || product.Sizes.Flops < LeastFlopsToMeasure)
        {
            return candidates.FirstOrDefault();
        }

        Choice? best = null;
        float least = float.PositiveInfinity;
        foreach (Choice candidate in candidates)
        {
            float time = Measure(warm, () => run(product, candidate));
            if (time < least)
            {
                (best, least) = (candidate, time);
            }
        }

        if (best is not null)
        {
            byte[] bytes = new byte[72];
            MemoryMarshal.Write(bytes, best.Algorithm);
            BitConverter.TryWriteBytes(bytes.AsSpan(64), best.WorkspaceBytes);
            _disk.Store(key, bytes);
        }

        return best;
    }

    /// <summary>The least time of a few runs, each after the second-level cache was filled with something else but the source; infinite where it fails.</summary>
    private float Measure(Action<nint> warm, Func<int> run)
    {
        nint stream = _device.Stream;
        _flush ??= new DeviceMemory(_device, FlushBytes, "measuring matrix products");
        CudaDriver.cuEventCreate(out nint start, 0).ThrowOnError();
        CudaDriver.cuEventCreate(out nint end, 0).ThrowOnError();
        float least = float.PositiveInfinity;
        try
        {
            for (int i = 0; i <= Repetitions; i++)
            {
                CudaDriver.cuMemsetD8Async(_flush.Pointer, (byte)i, (nuint)FlushBytes, stream).ThrowOnError();
                warm(_flush.Pointer);
                CudaDriver.cuEventRecord(start, stream).ThrowOnError();
                if (run() != 0)
                {
                    return float.PositiveInfinity;
                }

                CudaDriver.cuEventRecord(end, stream).ThrowOnError();
                CudaDriver.cuEventSynchronize(end).ThrowOnError();
                CudaDriver.cuEventElapsedTime(out float time, start, end).ThrowOnError();
                least = i == 0 ? least : Math.Min(least, time); // the first loads the kernel
            }
        }
        finally
        {
            _ = CudaDriver.cuEventDestroy_v2(start);
            _ = CudaDriver.cuEventDestroy_v2(end);
        }

        return least;
    }

    private sealed record Choice(CublasLt.MatmulAlgorithm Algorithm, long WorkspaceBytes);
}

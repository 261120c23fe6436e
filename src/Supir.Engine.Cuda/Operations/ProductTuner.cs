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

    /// <summary>Twice as many gained nothing.</summary>
    private const int Suggestions = 32;

    /// <summary>cuBLAS 12.9.</summary>
    private const long FirstWithVectorScales = 120900;

    private readonly CudaDevice _device;
    private readonly DiskCache _disk;
    private readonly ColdTimer _timer;
    private readonly nint _handle;
    private readonly Dictionary<ProductSizes, Choice?> _choices = [];

    /// <summary>Opens cuBLASLt.</summary>
    public ProductTuner(CudaDevice device, DiskCache disk, ColdTimer timer)
    {
        _timer = timer;
        _device = device;
        _disk = disk;
        ScalesByVectors = device.Architecture / 10 == 9 && Version >= FirstWithVectorScales;
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

    /// <summary>Whether a product of 8-bit floats can have a scale for each row and each channel.</summary>
    public bool ScalesByVectors { get; set; }

    /// <summary>A product with its algorithm, or <c>null</c> where cuBLASLt knows none for these sizes.</summary>
    public Product? TryCreate(ProductSizes sizes, ProductOperands operands)
    {
        Product product = new(_handle, sizes, operands);
        if (!_choices.TryGetValue(sizes, out Choice? choice))
        {
            long sourceBytes = sizes.Batch == 1 ? ((((long)sizes.Rows - 1) * sizes.SourceStride) + sizes.Depth) * sizes.Type.SizeInBytes : 0;
            choice = Choose(product, operands.X, sourceBytes, (p, algorithm) =>
            {
                p.Algorithm = algorithm.Algorithm;
                p.WorkspaceBytes = algorithm.WorkspaceBytes;
                return p.TryRun(operands, _timer.Workspace(MostWorkspaceBytes), _device.Stream);
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

    /// <inheritdoc/>
    public void Dispose() => _ = CublasLt.cublasLtDestroy(_handle);

    private Choice? Choose(Product product, nint source, long sourceBytes, Func<Product, Choice, int> run)
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
            float time = _timer.Measure(source, sourceBytes, least, () => run(product, candidate));
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

    private sealed record Choice(CublasLt.MatmulAlgorithm Algorithm, long WorkspaceBytes);
}

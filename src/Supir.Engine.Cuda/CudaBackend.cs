using Supir.Engine.Cuda.Cudnn;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Planning;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda;

/// <summary>Runs graphs on an NVIDIA GPU: our kernels, cuBLASLt's matrix products and, where it is installed, cuDNN.</summary>
/// <remarks>Not for several threads at once.</remarks>
public sealed class CudaBackend : IBackend
{
    private readonly CudaDevice _device;
    private readonly DType _defaultType;
    private readonly CudaServices _services;

    /// <summary>Opens a GPU.</summary>
    /// <param name="device">Its number, from 0.</param>
    /// <param name="defaultType">The number format of plans that name none: Float32, Float16 or BFloat16.</param>
    /// <exception cref="DeviceException">There is no such GPU, or its driver or a library is missing.</exception>
    public CudaBackend(int device = 0, DType defaultType = DType.Float16)
        : this(device, defaultType, CudaBackendOptions.Default)
    {
    }

    /// <summary>Opens a GPU with options for tests and measurements.</summary>
    /// <exception cref="DeviceException">There is no such GPU, or its driver or a library is missing.</exception>
    public CudaBackend(int device, DType defaultType, CudaBackendOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _device = new CudaDevice(device);
        _defaultType = defaultType;
        DiskCache disk = DiskCache.OfThisUser();
        KernelCache kernels = new(_device, disk);
        ColdTimer timer = new(_device);
        WeightUploader uploader = new(_device, kernels);
        _services = new CudaServices(
            _device, kernels, new ProductTuner(_device, disk, timer) { Measures = options.Tunes }, options.UsesCudnn ? CudnnEngine.TryOpen(_device, disk, timer) : null,
            new CudaWeightStore(_device, uploader), uploader, timer, new DeviceMemory(_device, ProductTuner.MostWorkspaceBytes, "workspace"));
        if (_services.Cudnn is not null)
        {
            _services.Cudnn.Measures = options.Tunes;
        }
    }

    /// <inheritdoc/>
    public string Description =>
        $"{_device.Name}, {_device.Multiprocessors} multiprocessors, sm_{_device.Architecture}, driver's CUDA {_device.DriverVersion}, " +
        $"NVRTC {KernelCompiler.Version()}, cuBLASLt {ProductTuner.Version}, {(_services.Cudnn is null ? "no cuDNN" : $"cuDNN {CudnnEngine.Version}")}";

    /// <summary>Bytes of weights that plans hold at present.</summary>
    public long WeightBytes => _services.Weights.Bytes;

    /// <summary>Free and total bytes of the GPU's memory.</summary>
    public (long Free, long Total) Memory() => _device.Memory();

    /// <summary>How many kernel files were compiled in this process rather than found on disk.</summary>
    public int CompiledKernels => _services.Kernels.CompiledCount;

    /// <summary>What cuDNN last refused, for a person; <c>null</c> for nothing.</summary>
    public string? LastRefusal => _services.Cudnn?.LastRefusal;

    /// <inheritdoc/>
    public PlanNeed Measure(Graph graph, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        DType type = TypeOf(options);
        long elements = graph.Values
            .Select(value => value.Producer switch { LinearNode linear => linear.Weights, Conv2dNode convolution => convolution.Weights, _ => null })
            .OfType<LinearWeights>()
            .Distinct()
            .Sum(weights => weights.Weights.Sum(weight => weight.Shape.ElementCount));
        return new PlanNeed(Layout(graph, type).ArenaBytes, elements * type.SizeInBytes);
    }

    /// <inheritdoc/>
    IPlan IBackend.Compile(Graph graph, PlanOptions? options) => Compile(graph, options);

    /// <inheritdoc cref="IBackend.Compile"/>
    /// <exception cref="DeviceException">The GPU's memory is too small, or weights in 8 bits are asked for.</exception>
    /// <exception cref="InvalidDataException">A weight is not finite in the format of the values.</exception>
    public CudaPlan Compile(Graph graph, PlanOptions? options = null)
    {
        if (options is { Weights: not WeightPrecision.AsStored })
        {
            throw new DeviceException("Weights are not kept in 8 bits on a GPU; use a smaller picture, or the CPU.");
        }

        _device.MakeCurrent();
        return new CudaPlan(graph, Layout(graph, TypeOf(options)), _services);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.MakeCurrent();
        _services.Timer.Dispose();
        _services.Uploader.Dispose();
        _services.TuningWorkspace.Dispose();
        _services.Products.Dispose();
        _services.Cudnn?.Dispose();
        _services.Kernels.Dispose();
        _device.Dispose();
    }

    private DType TypeOf(PlanOptions? options) => options?.Values ?? _defaultType;

    private CudaPlanLayout Layout(Graph graph, DType type) =>
        new(graph, new DeviceCapabilities(type, _device.Architecture, _services.Cudnn is not null));
}

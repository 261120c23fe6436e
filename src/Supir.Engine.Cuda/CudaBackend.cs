using Supir.Engine.Cuda.Cudnn;
using Supir.Engine.Cuda.Kernels;
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
    private readonly CudaBackendOptions _options;
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
        _options = options;
        DiskCache disk = DiskCache.OfThisUser();
        KernelCache kernels = new(_device, disk);
        ColdTimer timer = new(_device);
        WeightUploader uploader = new(_device, kernels);
        _services = new CudaServices(
            _device, kernels, new ProductTuner(_device, disk, timer) { Measures = options.Tunes }, options.UsesCudnn ? CudnnEngine.TryOpen(_device, disk, timer) : null,
            new CudaWeightStore(_device, uploader), uploader, timer, new CudaStateStore(_device));
        _services.Products.ScalesByVectors &= options.ScalesByVectors;
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

    /// <summary>Bytes of the states that plans hold at present.</summary>
    public long StateBytes => _services.States.Bytes;

    /// <summary>Bytes of weights that wait in the machine's memory to be streamed.</summary>
    public long StreamedWeightBytes => _services.Weights.StreamedBytes;

    /// <summary>Whether plans can keep weights in <see cref="WeightPrecision.Float8"/>, with values in half precision or bfloat16.</summary>
    public bool MultipliesFloat8 => _device.Architecture >= Float8.LeastArchitecture;

    /// <summary>Free and total bytes of the GPU's memory.</summary>
    public (long Free, long Total) Memory() => _device.Memory();

    /// <summary>What the context takes, and what cuBLASLt, cuDNN and our kernels take once they have been loaded for all networks.</summary>
    private const long OwnBytes = 900_000_000;

    /// <summary>The context itself, which is there from the start.</summary>
    private const long ContextBytes = 450_000_000;

    /// <inheritdoc/>
    public DeviceRoom? Room => new DeviceRoom(OwnBytes, Math.Max(0, Memory().Free - (OwnBytes - ContextBytes)));

    /// <summary>How many kernel files were compiled in this process rather than found on disk.</summary>
    public int CompiledKernels => _services.Kernels.CompiledCount;

    /// <summary>What cuDNN last refused, for a person; <c>null</c> for nothing.</summary>
    public string? LastRefusal => _services.Cudnn?.LastRefusal;

    /// <inheritdoc/>
    public PlanNeed Measure(Graph graph, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        CudaPlanLayout layout = Layout(graph, options);
        long workspaces = ProductTuner.MostWorkspaceBytes * (layout.Branch is null ? 1 : 2);
        long values = layout.ArenaBytes + layout.Streams.RingBytes + CudaPlan.StagingBytesOf(graph) + workspaces;
        return new PlanNeed(values, layout.ResidentBytes)
        {
            HostBytes = layout.Streams.Streamed.Sum(key => key.Bytes),
            StateBytes = layout.States.Sum(state => CudaStateStore.BytesOf(state, layout.Device.Type)),
        };
    }

    /// <inheritdoc/>
    IPlan IBackend.Compile(Graph graph, PlanOptions? options) => Compile(graph, options);

    /// <inheritdoc cref="IBackend.Compile"/>
    /// <exception cref="DeviceException">The GPU's memory is too small, or it has no 8-bit floats and they are asked for.</exception>
    /// <exception cref="InvalidDataException">A weight is not finite in the format of the values.</exception>
    public CudaPlan Compile(Graph graph, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _device.MakeCurrent();
        return new CudaPlan(graph, Layout(graph, options), _services);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.MakeCurrent();
        _services.Timer.Dispose();
        _services.Uploader.Dispose();
        _services.Products.Dispose();
        _services.Cudnn?.Dispose();
        _services.Kernels.Dispose();
        _device.Dispose();
    }

    private CudaPlanLayout Layout(Graph graph, PlanOptions? options)
    {
        DeviceCapabilities device = new(options?.Values ?? _defaultType, _device.Architecture, _services.Cudnn is not null)
        {
            Weights = options?.Weights ?? WeightPrecision.AsStored,
            ResidentWeightBytes = options?.ResidentWeightBytes,
            LeastEightBitElements = _options.LeastEightBitElements,
        };
        return device.Weights == WeightPrecision.Float8 && !device.MultipliesFloat8
            ? throw new DeviceException(
                $"{_device.Name} (compute capability {_device.Architecture / 10}.{_device.Architecture % 10}) cannot multiply 8-bit floats in {device.Type}: " +
                "that begins with 8.9, in Float16 and BFloat16. Keep the weights in 8-bit integers instead.")
            : new CudaPlanLayout(graph, device);
    }
}

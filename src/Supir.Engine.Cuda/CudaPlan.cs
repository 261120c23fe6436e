using System.Diagnostics;
using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Planning;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda;

/// <summary>A graph compiled for a GPU: a list of operations over one arena, whose per-step part is recorded as a CUDA graph and replayed.</summary>
public sealed unsafe class CudaPlan : IPlan
{
    /// <summary>Other threads may use CUDA while this one records.</summary>
    private const int ThreadLocalCapture = 1;

    private readonly Graph _graph;
    private readonly CudaDevice _device;
    private readonly DeviceMemory _arena;
    private readonly DeviceMemory _counters;
    private readonly DeviceMemory _staging;
    private readonly DeviceMemory _workspace;
    private readonly DeviceMemory _asideWorkspace;
    private readonly PinnedMemory _host;
    private readonly OperationSequence _perRun;
    private readonly OperationSequence _perStep;
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<string, DeviceMatrix> _inputs = [];
    private readonly Dictionary<string, DeviceMatrix> _outputs = [];
    private readonly Dictionary<string, KernelLaunch> _conversions = [];
    private bool _isPrepared;
    private bool _hasRun;

    /// <summary>Bytes of the pinned memory with inputs that may not be on the GPU yet.</summary>
    private long _hostUsed;

    private nint _recorded;

    internal CudaPlan(Graph graph, CudaPlanLayout layout, CudaServices services)
    {
        _graph = graph;
        _device = services.Device;
        try
        {
            services.Kernels.CompileAhead(UsualKernels.For(layout.Device));

            // Weights first: bringing them in takes memory for a while.
            long start = Stopwatch.GetTimestamp();
            WeightLease weights = Own(services.Weights.Acquire([.. layout.Others, .. layout.Streams.Resident], layout.Streams.Streamed));
            WeightSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            _arena = Own(new DeviceMemory(_device, layout.ArenaBytes, "values"));
            DeviceMemory ring = Own(new DeviceMemory(_device, layout.Streams.RingBytes, "weights on the way"));
            long stagingBytes = StagingBytesOf(graph);
            _staging = Own(new DeviceMemory(_device, stagingBytes, "inputs and outputs"));
            _host = Own(new PinnedMemory(_device, stagingBytes));
            _counters = Own(new DeviceMemory(_device, sizeof(int) * (long)CudaPlanBuilder.CountersOf(layout), "counters"));
            CudaDriver.cuMemsetD8Async(_counters.Pointer, 0, (nuint)_counters.Bytes, _device.Stream).ThrowOnError();
            CudaStateStore.Lease states = Own(services.States.Acquire(layout.States, layout.Device.Type));
            CudaPlanBuilder builder = new(layout, _arena.Pointer, _counters.Pointer, ring.Pointer, weights, states.Addresses, services);
            builder.PrepareLibrary();
            _perRun = Own(new OperationSequence(_device, builder.Build(layout.PerRun, null), weights, ring.Pointer));
            _perStep = Own(new OperationSequence(_device, builder.Build(layout.PerStep, layout.Branch), weights, ring.Pointer));
            services.Timer.Dispose();
            _workspace = Own(new DeviceMemory(_device, Math.Max(_perRun.WorkspaceBytes, _perStep.WorkspaceBytes), "workspace"));
            _asideWorkspace = Own(new DeviceMemory(_device, _perStep.AsideWorkspaceBytes, "workspace"));
            OtherBytes = ring.Bytes + _staging.Bytes + _counters.Bytes + _workspace.Bytes + _asideWorkspace.Bytes;
            foreach ((string name, Value value) in graph.Inputs)
            {
                DeviceMatrix view = builder.View(value);
                _inputs.Add(name, view);
                if (view.Type != DType.Float32)
                {
                    _conversions.Add(name, Elements.FromSingles(services.Kernels, _staging.Pointer, view.Pointer, view.Type, value.Shape.ElementCount));
                }
            }

            foreach ((string name, Value value) in graph.Outputs)
            {
                DeviceMatrix view = builder.View(value);
                _outputs.Add(name, view);
                _conversions.Add("> " + name, Elements.ToSingles(services.Kernels, view, value.Rows, _staging.Pointer));
            }
        }
        catch
        {
            // Nothing of a plan that does not fit stays behind.
            Dispose();
            services.Timer.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public long ArenaBytes => _arena.Bytes + OtherBytes;

    /// <summary>Floating-point operations of the matrix products that one run executes, once-per-run ones left out.</summary>
    public double Flops => _perStep.Operations.Sum(operation => operation.Flops);

    /// <summary>Operations that one run executes, once-per-run ones left out.</summary>
    public int OperationCount => _perStep.Operations.Count;

    /// <summary>How long it took to bring in weights that were not on the GPU yet.</summary>
    public double WeightSeconds { get; }

    private long OtherBytes { get; }

    /// <summary>Where a profile is kept; while it is <c>null</c>, nothing is timed and the recorded graph is replayed.</summary>
    public Profile? Profile { get; set; }

    /// <inheritdoc/>
    public void SetInput(string name, ReadOnlySpan<float> elements)
    {
        DeviceMatrix view = Find(_inputs, name, "input", elements.Length, _graph.Inputs);
        _device.MakeCurrent();
        long bytes = elements.Length * (long)sizeof(float);
        if (_hostUsed + bytes > _host.Bytes)
        {
            _device.Synchronize(); // what lies there may still be read
            _hostUsed = 0;
        }

        byte* host = (byte*)_host.Pointer + _hostUsed;
        _hostUsed += bytes;
        elements.CopyTo(new Span<float>(host, elements.Length));
        bool isConverted = _conversions.TryGetValue(name, out KernelLaunch? conversion);
        nint destination = isConverted ? _staging.Pointer : view.Pointer;
        CudaDriver.cuMemcpyHtoDAsync_v2(destination, (nint)host, (nuint)bytes, _device.Stream).ThrowOnError();
        conversion?.Run(_device.Stream);
        if (_graph.Inputs[name].IsPerRun)
        {
            _isPrepared = false;
        }
    }

    /// <summary>Puts the whole graph on the GPU and returns; <see cref="GetOutput"/> and <see cref="Synchronize"/> wait for it.</summary>
    /// <inheritdoc cref="IPlan.Run"/>
    public void Run(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _device.MakeCurrent();
        if (!_isPrepared)
        {
            _perRun.Launch(_workspace.Pointer, _asideWorkspace.Pointer);
            _isPrepared = true;
        }

        if (Profile is not null)
        {
            RunTimed(Profile);
        }
        else if (!_hasRun)
        {
            // Loads every kernel, which a recording must not do.
            _perStep.Launch(_workspace.Pointer, _asideWorkspace.Pointer);
            _hasRun = true;
        }
        else
        {
            Replay();
        }

        progress?.Report(1);
    }

    /// <summary>Waits until everything that was put on the GPU is done.</summary>
    public void Synchronize()
    {
        _device.MakeCurrent();
        _device.Synchronize();
    }

    /// <inheritdoc/>
    public void GetOutput(string name, Span<float> elements)
    {
        _ = Find(_outputs, name, "output", elements.Length, _graph.Outputs);
        _device.MakeCurrent();
        _conversions["> " + name].Run(_device.Stream);
        CudaDriver.cuMemcpyDtoHAsync_v2((nint)_host.Pointer, _staging.Pointer, (nuint)elements.Length * sizeof(float), _device.Stream).ThrowOnError();
        _device.Synchronize();
        _hostUsed = 0;
        new ReadOnlySpan<float>(_host.Pointer, elements.Length).CopyTo(elements);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.MakeCurrent();
        _device.Synchronize();
        if (_recorded != 0)
        {
            _ = CudaDriver.cuGraphExecDestroy(_recorded);
            _recorded = 0;
        }

        for (int i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }

        _owned.Clear();
    }

    /// <summary>Fills the arena with NaN, inputs too, so that a test sees what nothing wrote.</summary>
    internal void Poison()
    {
        _device.MakeCurrent();
        CudaDriver.cuMemsetD8Async(_arena.Pointer, 0xff, (nuint)_arena.Bytes, _device.Stream).ThrowOnError();
        _isPrepared = false;
    }

    /// <summary>Bytes of the staging memory that the largest input or output needs.</summary>
    internal static long StagingBytesOf(Graph graph) =>
        sizeof(float) * graph.Inputs.Values.Concat(graph.Outputs.Values).Max(value => value.Shape.ElementCount);

    private static DeviceMatrix Find(
        Dictionary<string, DeviceMatrix> views, string name, string kind, int count, IReadOnlyDictionary<string, Value> values)
    {
        if (!views.TryGetValue(name, out DeviceMatrix view))
        {
            throw new ArgumentException($"The plan has no {kind} '{name}'; it has {string.Join(", ", views.Keys)}.", nameof(name));
        }

        return values[name].Shape.ElementCount == count
            ? view
            : throw new ArgumentException($"The {kind} '{name}' is {values[name].Shape}, {values[name].Shape.ElementCount} numbers, but {count} were given.", nameof(count));
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }

    private void Replay()
    {
        if (_recorded == 0)
        {
            CudaDriver.cuStreamBeginCapture_v2(_device.Stream, ThreadLocalCapture).ThrowOnError();
            _perStep.Launch(_workspace.Pointer, _asideWorkspace.Pointer);
            CudaDriver.cuStreamEndCapture(_device.Stream, out nint graph).ThrowOnError();
            CudaResult result = CudaDriver.cuGraphInstantiateWithFlags(out _recorded, graph, 0);
            _ = CudaDriver.cuGraphDestroy(graph);
            result.ThrowOnError();
        }

        CudaDriver.cuGraphLaunch(_recorded, _device.Stream).ThrowOnError();
    }

    private void RunTimed(Profile profile)
    {
        IReadOnlyList<CudaOperation> operations = _perStep.Operations;
        nint[] times = new nint[operations.Count + 1];
        for (int i = 0; i < times.Length; i++)
        {
            CudaDriver.cuEventCreate(out times[i], 0).ThrowOnError();
        }

        int next = 0;
        CudaDriver.cuEventRecord(times[next++], _device.Stream).ThrowOnError();
        _perStep.Launch(_workspace.Pointer, _asideWorkspace.Pointer, () => CudaDriver.cuEventRecord(times[next++], _device.Stream).ThrowOnError());
        CudaDriver.cuEventSynchronize(times[^1]).ThrowOnError();
        for (int i = 0; i < operations.Count; i++)
        {
            CudaDriver.cuEventElapsedTime(out float milliseconds, times[i], times[i + 1]).ThrowOnError();
            profile.Add(operations[i].Name, operations[i].Flops, TimeSpan.FromMilliseconds(milliseconds));
        }

        Array.ForEach(times, time => _ = CudaDriver.cuEventDestroy_v2(time));
    }
}

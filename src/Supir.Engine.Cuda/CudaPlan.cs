using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Planning;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda;

/// <summary>A graph compiled for a GPU: a list of operations over one arena, whose per-step part is recorded as a CUDA graph and replayed.</summary>
public sealed unsafe class CudaPlan : IPlan
{
    /// <summary>Other threads may use CUDA while this one records.</summary>
    private const int ThreadLocalCapture = 1;

    private readonly Graph _graph;
    private readonly CudaServices _services;
    private readonly CudaDevice _device;
    private readonly List<object> _acquired = [];
    private readonly DeviceMemory _arena;
    private readonly DeviceMemory _counters;
    private readonly DeviceMemory _staging;
    private readonly DeviceMemory _workspace;
    private readonly PinnedMemory _host;
    private readonly CudaOperation[] _perRun = [];
    private readonly CudaOperation[] _perStep = [];
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<string, DeviceMatrix> _inputs = [];
    private readonly Dictionary<string, DeviceMatrix> _outputs = [];
    private readonly Dictionary<string, KernelLaunch> _conversions = [];
    private bool _isPrepared;
    private bool _hasRun;
    private nint _recorded;

    internal CudaPlan(Graph graph, CudaPlanLayout layout, CudaServices services)
    {
        _graph = graph;
        _services = services;
        _device = services.Device;
        try
        {
            _arena = Own(new DeviceMemory(_device, layout.ArenaBytes, "values"));
            long stagingBytes = sizeof(float) * graph.Inputs.Values.Concat(graph.Outputs.Values).Max(value => value.Shape.ElementCount);
            _staging = Own(new DeviceMemory(_device, stagingBytes, "inputs and outputs"));
            _host = Own(new PinnedMemory(_device, stagingBytes));
            _counters = Own(new DeviceMemory(_device, sizeof(int) * (long)CudaPlanBuilder.CountersOf(layout), "counters"));
            CudaDriver.cuMemsetD8Async(_counters.Pointer, 0, (nuint)_counters.Bytes, _device.Stream).ThrowOnError();
            CudaPlanBuilder builder = new(layout, _arena.Pointer, _counters.Pointer, services);
            _acquired = builder.Acquired;
            _perRun = builder.Build(layout.PerRun);
            _perStep = builder.Build(layout.PerStep);
            services.Uploader.RequireFinite();
            services.Timer.Dispose();
            _workspace = Own(new DeviceMemory(_device, _perRun.Concat(_perStep).Select(operation => operation.WorkspaceBytes).DefaultIfEmpty().Max(), "workspace"));
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
            throw;
        }
    }

    /// <inheritdoc/>
    public long ArenaBytes => _arena.Bytes + _workspace.Bytes + _staging.Bytes;

    /// <summary>Floating-point operations of the matrix products that one run executes, once-per-run ones left out.</summary>
    public double Flops => _perStep.Sum(operation => operation.Flops);

    /// <summary>Operations that one run executes, once-per-run ones left out.</summary>
    public int OperationCount => _perStep.Length;

    /// <summary>Where a profile is kept; while it is <c>null</c>, nothing is timed and the recorded graph is replayed.</summary>
    public Profile? Profile { get; set; }

    /// <inheritdoc/>
    public void SetInput(string name, ReadOnlySpan<float> elements)
    {
        DeviceMatrix view = Find(_inputs, name, "input", elements.Length, _graph.Inputs);
        _device.MakeCurrent();
        _device.Synchronize(); // the staging memory may still be read
        elements.CopyTo(new Span<float>(_host.Pointer, elements.Length));
        bool isConverted = _conversions.TryGetValue(name, out KernelLaunch? conversion);
        nint destination = isConverted ? _staging.Pointer : view.Pointer;
        CudaDriver.cuMemcpyHtoDAsync_v2(destination, (nint)_host.Pointer, (nuint)elements.Length * sizeof(float), _device.Stream).ThrowOnError();
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
            Launch(_perRun);
            _isPrepared = true;
        }

        if (Profile is not null)
        {
            RunTimed(Profile);
        }
        else if (!_hasRun)
        {
            // Loads every kernel, which a recording must not do.
            Launch(_perStep);
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

        foreach (object key in _acquired)
        {
            _services.Weights.Release(key);
        }

        _acquired.Clear();
        foreach (IDisposable part in (IEnumerable<IDisposable>)[.. _perRun, .. _perStep, .. _owned])
        {
            part.Dispose();
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

    private void Launch(CudaOperation[] operations)
    {
        foreach (CudaOperation operation in operations)
        {
            operation.Launch(_device.Stream, _workspace.Pointer);
        }
    }

    private void Replay()
    {
        if (_recorded == 0)
        {
            CudaDriver.cuStreamBeginCapture_v2(_device.Stream, ThreadLocalCapture).ThrowOnError();
            Launch(_perStep);
            CudaDriver.cuStreamEndCapture(_device.Stream, out nint graph).ThrowOnError();
            CudaResult result = CudaDriver.cuGraphInstantiateWithFlags(out _recorded, graph, 0);
            _ = CudaDriver.cuGraphDestroy(graph);
            result.ThrowOnError();
        }

        CudaDriver.cuGraphLaunch(_recorded, _device.Stream).ThrowOnError();
    }

    private void RunTimed(Profile profile)
    {
        nint[] times = new nint[_perStep.Length + 1];
        for (int i = 0; i < times.Length; i++)
        {
            CudaDriver.cuEventCreate(out times[i], 0).ThrowOnError();
        }

        CudaDriver.cuEventRecord(times[0], _device.Stream).ThrowOnError();
        for (int i = 0; i < _perStep.Length; i++)
        {
            _perStep[i].Launch(_device.Stream, _workspace.Pointer);
            CudaDriver.cuEventRecord(times[i + 1], _device.Stream).ThrowOnError();
        }

        CudaDriver.cuEventSynchronize(times[^1]).ThrowOnError();
        for (int i = 0; i < _perStep.Length; i++)
        {
            CudaDriver.cuEventElapsedTime(out float milliseconds, times[i], times[i + 1]).ThrowOnError();
            profile.Add(_perStep[i].Name, _perStep[i].Flops, TimeSpan.FromMilliseconds(milliseconds));
        }

        Array.ForEach(times, time => _ = CudaDriver.cuEventDestroy_v2(time));
    }
}

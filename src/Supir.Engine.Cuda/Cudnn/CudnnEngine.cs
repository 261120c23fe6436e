using System.Runtime.InteropServices;
using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Runtime;
using static Supir.Engine.Cuda.Interop.CudnnLibrary;

namespace Supir.Engine.Cuda.Cudnn;

/// <summary>cuDNN: compiles its graphs, chooses among its engines by measuring, and remembers both for as long as the backend lives.</summary>
internal sealed unsafe class CudnnEngine : IDisposable
{
    /// <summary>Engines of one graph that are measured: each may be compiled at run time, which takes a while.</summary>
    private const int MostCandidates = 5;

    private const int MostSuggestions = 24;

    /// <summary>Workspace that an engine may take: what is planned for, and what is allowed where no engine is content with that.</summary>
    private static readonly long[] WorkspaceLimits = [ProductTuner.MostWorkspaceBytes, 1L << 30];

    private readonly CudaDevice _device;
    private readonly DiskCache _disk;
    private readonly ColdTimer _timer;
    private readonly nint _handle;
    private readonly Dictionary<string, CudnnPlan?> _plans = [];
    private readonly List<CudnnDescriptor> _kept = [];

    private CudnnEngine(CudaDevice device, DiskCache disk, ColdTimer timer, nint handle)
    {
        _timer = timer;
        _device = device;
        _disk = disk;
        _handle = handle;
    }

    /// <summary>cuDNN's version, as in 91900.</summary>
    public static long Version => (long)cudnnGetVersion();

    /// <summary>Whether engines are measured; otherwise the first that compiles is taken.</summary>
    public bool Measures { get; set; } = true;

    /// <summary>The last thing that cuDNN refused, for a person.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>cuDNN, or <c>null</c> where it is not installed or does not start.</summary>
    public static CudnnEngine? TryOpen(CudaDevice device, DiskCache disk, ColdTimer timer)
    {
        if (!NativeLibraries.TryLoad(Library) || cudnnCreate(out nint handle) != 0)
        {
            return null;
        }

        return cudnnSetStream(handle, device.Stream) == 0 ? new CudnnEngine(device, disk, timer, handle) : null;
    }

    /// <summary>The plan for a graph, or <c>null</c> where cuDNN has none.</summary>
    /// <param name="key">All that the graph's description depends on.</param>
    /// <param name="describe">Describes it: its operations, and the tensors' ids in the order of <paramref name="addresses"/>.</param>
    /// <param name="addresses">Operands to measure with.</param>
    /// <param name="sourceBytes">Bytes of the first operand.</param>
    public CudnnPlan? Find(string key, Func<List<CudnnDescriptor>, (CudnnDescriptor[] Operations, long[] TensorIds)> describe, nint[] addresses, long sourceBytes)
    {
        if (!_plans.TryGetValue(key, out CudnnPlan? plan))
        {
            try
            {
                (CudnnDescriptor[] operations, long[] ids) = describe(_kept);
                plan = Choose(key, operations, ids, addresses, sourceBytes);
            }
            catch (CudnnException exception)
            {
                LastRefusal = $"{key}: {exception.Message}";
            }

            _plans.Add(key, plan);
        }

        return plan;
    }

    /// <summary>Puts a plan with its operands on the stream; returns cuDNN's status.</summary>
    public int Execute(CudnnPlan plan, CudnnDescriptor pack) => cudnnBackendExecute(_handle, plan.Descriptor.Handle, pack.Handle);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CudnnDescriptor descriptor in _kept)
        {
            descriptor.Dispose();
        }

        _ = cudnnDestroy(_handle);
    }

    private CudnnPlan? Choose(string key, CudnnDescriptor[] operations, long[] ids, nint[] addresses, long sourceBytes)
    {
        CudnnDescriptor graph = Keep(new CudnnDescriptor(CudnnDescriptorType.OperationGraph));
        graph.SetHandle(CudnnAttribute.GraphHandle, _handle);
        graph.Set(CudnnAttribute.GraphOperations, operations);
        graph.Finish();
        _kept.AddRange(operations);

        string stored = $"cudnn {Version} {_device.Name} {key}";
        List<CudnnDescriptor> suggestions = Suggestions(graph);
        if (Measures && _disk.Load(stored) is byte[] { Length: 4 } bytes && MemoryMarshal.Read<int>(bytes) is int known && known >= 0 && known < suggestions.Count
            && Compile(suggestions[known], ids, WorkspaceLimits[^1]) is CudnnPlan remembered)
        {
            return remembered;
        }

        foreach (long limit in WorkspaceLimits)
        {
            if (Fastest(suggestions, ids, limit, addresses, sourceBytes) is (CudnnPlan best, int index))
            {
                if (Measures)
                {
                    _disk.Store(stored, BitConverter.GetBytes(index));
                }

                return best;
            }
        }

        return null;
    }

    private (CudnnPlan Plan, int Index)? Fastest(List<CudnnDescriptor> suggestions, long[] ids, long workspaceLimit, nint[] addresses, long sourceBytes)
    {
        (CudnnPlan Plan, int Index)? best = null;
        float least = float.PositiveInfinity;
        int tried = 0;
        for (int i = 0; i < suggestions.Count && tried < (Measures ? MostCandidates : 1); i++)
        {
            if (Compile(suggestions[i], ids, workspaceLimit) is CudnnPlan plan)
            {
                tried++;
                float time = Measures ? Measure(plan, addresses, sourceBytes) : 0;
                if (time < least)
                {
                    (best, least) = ((plan, i), time);
                }
            }
        }

        return best;
    }

    private CudnnPlan? Compile(CudnnDescriptor configuration, long[] ids, long workspaceLimit)
    {
        CudnnDescriptor plan = Keep(new CudnnDescriptor(CudnnDescriptorType.ExecutionPlan));
        plan.SetHandle(CudnnAttribute.PlanHandle, _handle);
        plan.Set(CudnnAttribute.PlanConfiguration, configuration);
        if (!plan.TryFinish())
        {
            return null;
        }

        long workspace = 0;
        int status = cudnnBackendGetAttribute(plan.Handle, CudnnAttribute.PlanWorkspaceBytes, CudnnAttributeType.Int64, 1, out _, &workspace);
        return status == 0 && workspace <= workspaceLimit ? new CudnnPlan(plan, workspace, ids) : null;
    }

    private List<CudnnDescriptor> Suggestions(CudnnDescriptor graph)
    {
        List<CudnnDescriptor> found = [];
        nint* handles = stackalloc nint[MostSuggestions];
        foreach (int mode in (ReadOnlySpan<int>)[3, 2]) // CUDNN_HEUR_MODE_A, then _FALLBACK
        {
            CudnnDescriptor heuristics = Keep(new CudnnDescriptor(CudnnDescriptorType.EngineHeuristics));
            heuristics.Set(CudnnAttribute.HeuristicsGraph, graph);
            heuristics.SetNumber(CudnnAttribute.HeuristicsMode, CudnnAttributeType.HeuristicsMode, mode);
            if (!heuristics.TryFinish())
            {
                continue;
            }

            CudnnDescriptor[] configurations = new CudnnDescriptor[MostSuggestions];
            for (int i = 0; i < MostSuggestions; i++)
            {
                configurations[i] = Keep(new CudnnDescriptor(CudnnDescriptorType.EngineConfiguration));
                handles[i] = configurations[i].Handle;
            }

            int status = cudnnBackendGetAttribute(heuristics.Handle, CudnnAttribute.HeuristicsResults, CudnnAttributeType.Descriptor, MostSuggestions, out long count, handles);
            if (status == 0)
            {
                found.AddRange(configurations.Take((int)Math.Min(count, MostSuggestions)));
            }
        }

        return found;
    }

    private float Measure(CudnnPlan plan, nint[] addresses, long sourceBytes)
    {
        using CudnnDescriptor pack = plan.Bind(addresses, _timer.Workspace(plan.WorkspaceBytes));
        return _timer.Measure(addresses[0], sourceBytes, () => Execute(plan, pack));
    }

    private CudnnDescriptor Keep(CudnnDescriptor descriptor)
    {
        _kept.Add(descriptor);
        return descriptor;
    }
}

using System.Runtime.InteropServices;
using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Runtime;
using static Supir.Engine.Cuda.Interop.CudnnLibrary;

namespace Supir.Engine.Cuda.Cudnn;

/// <summary>cuDNN: compiles its graphs on several threads, chooses among its engines by measuring, remembers plans for as long as the
/// backend lives and choices on disk.</summary>
internal sealed class CudnnEngine : IDisposable
{
    /// <summary>Engines of one graph that are measured: each may be compiled at run time, which takes a while; more gained nothing.</summary>
    private const int MostCandidates = 4;

    /// <summary>Each thread has a handle of its own, which takes some of the GPU's memory for good.</summary>
    private const int MostThreads = 4;

    private readonly CudaDevice _device;
    private readonly DiskCache _disk;
    private readonly ColdTimer _timer;
    private readonly List<CudnnHandle> _handles = [];
    private readonly List<CudnnDescriptor> _kept = [];
    private readonly Dictionary<string, CudnnPlan?> _plans = [];

    private CudnnEngine(CudaDevice device, DiskCache disk, ColdTimer timer, CudnnHandle handle)
    {
        _timer = timer;
        _device = device;
        _disk = disk;
        _handles.Add(handle);
    }

    /// <summary>cuDNN's version, as in 91900.</summary>
    public static long Version => (long)cudnnGetVersion();

    /// <summary>Whether engines are measured; otherwise the first that compiles is taken.</summary>
    public bool Measures { get; set; } = true;

    /// <summary>The last thing that cuDNN refused, for a person.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>cuDNN, or <c>null</c> where it is not installed or does not start.</summary>
    public static CudnnEngine? TryOpen(CudaDevice device, DiskCache disk, ColdTimer timer) =>
        NativeLibraries.TryLoad(Library) && CudnnHandle.TryOpen() is CudnnHandle handle ? new CudnnEngine(device, disk, timer, handle) : null;

    /// <summary>Compiles and chooses for all graphs of a plan that are new.</summary>
    public void Prepare(IEnumerable<CudnnRequest> requests)
    {
        CudnnRequest[] fresh = [.. requests.DistinctBy(request => request.Key).Where(request => !_plans.ContainsKey(request.Key))];
        IReadOnlyList<(CudnnPlan Plan, int Index)>[] compiled = new IReadOnlyList<(CudnnPlan, int)>[fresh.Length];
        int threads = Math.Min(fresh.Length, Math.Min(MostThreads, Environment.ProcessorCount));
        while (_handles.Count < threads && CudnnHandle.TryOpen() is CudnnHandle handle)
        {
            _handles.Add(handle);
        }

        int next = -1;
        Thread[] workers = [.. _handles.Take(threads).Select(handle => new Thread(() => Work(new CudnnCompiler(handle))) { IsBackground = true, Name = "cuDNN" })];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        for (int i = 0; i < fresh.Length; i++)
        {
            _plans.Add(fresh[i].Key, Fastest(fresh[i], compiled[i]));
        }

        void Work(CudnnCompiler compiler)
        {
            _device.MakeCurrent();
            List<CudnnDescriptor> kept = [];
            while (Interlocked.Increment(ref next) is int i && i < fresh.Length)
            {
                try
                {
                    compiled[i] = compiler.Compile(fresh[i], Measures ? MostCandidates : 1, Measures ? Remembered(fresh[i]) : null, kept);
                }
                catch (CudnnException exception)
                {
                    compiled[i] = [];
                    LastRefusal = $"{fresh[i].Key}: {exception.Message}";
                }
            }

            lock (_kept)
            {
                _kept.AddRange(kept);
            }
        }
    }

    /// <summary>The plan for a graph, or <c>null</c> where cuDNN has none.</summary>
    public CudnnPlan? Find(CudnnRequest request)
    {
        Prepare([request]);
        return _plans[request.Key];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.ForEach(descriptor => descriptor.Dispose());
        _handles.ForEach(handle => handle.Dispose());
    }

    private string DiskKey(CudnnRequest request) => $"cudnn {Version} {_device.Name} {request.Key}";

    private int? Remembered(CudnnRequest request) =>
        _disk.Load(DiskKey(request)) is byte[] { Length: sizeof(int) } bytes ? MemoryMarshal.Read<int>(bytes) : null;

    private CudnnPlan? Fastest(CudnnRequest request, IReadOnlyList<(CudnnPlan Plan, int Index)> candidates)
    {
        if (candidates.Count < 2 || !Measures)
        {
            return candidates.Count == 0 ? null : candidates[0].Plan;
        }

        (CudnnPlan Plan, int Index)? best = null;
        float least = float.PositiveInfinity;
        foreach ((CudnnPlan plan, int index) in candidates)
        {
            using CudnnDescriptor pack = plan.Bind(request.Addresses, _timer.Workspace(plan.WorkspaceBytes));
            float time = _timer.Measure(request.Addresses[0], request.SourceBytes, least, () => plan.Execute(pack, _device.Stream));
            if (time < least)
            {
                (best, least) = ((plan, index), time);
            }
        }

        if (best is not null)
        {
            _disk.Store(DiskKey(request), BitConverter.GetBytes(best.Value.Index));
        }

        return best?.Plan;
    }
}

using Supir.Engine.Cuda;

namespace Supir.Gpu.Runner;

/// <summary>Watches a GPU's memory beside a run.</summary>
internal sealed class PeakMemory : IDisposable
{
    private const int Interval = 5;

    private readonly CudaBackend _cuda;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stops = new();
    private long _most;

    /// <summary>Begins to watch.</summary>
    public PeakMemory(CudaBackend cuda)
    {
        _cuda = cuda;
        _thread = new Thread(Watch) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends it; the most bytes that were in use.</summary>
    public long Stop()
    {
        _stops.Set();
        _thread.Join();
        return _most;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stops.Dispose();
    }

    private void Watch()
    {
        do
        {
            (long free, long total) = _cuda.Memory();
            _most = Math.Max(_most, total - free);
        }
        while (!_stops.Wait(Interval));
    }
}

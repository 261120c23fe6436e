using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Weights;

/// <summary>Brings stored tensors to the GPU and into the form that products read, on several threads where there is much to bring.</summary>
internal sealed unsafe class WeightUploader(CudaDevice device, KernelCache kernels) : IDisposable
{
    private const int MostLanes = 8;
    private const long BytesThatPayALane = 64L << 20;

    private readonly List<UploadLane> _lanes = [];

    /// <summary>Brings weights to the places that were taken for them, and waits for all.</summary>
    /// <param name="resident">Weights that stay on the GPU, with their places there.</param>
    /// <param name="streamed">Weights that stay in pinned memory, with their places there.</param>
    /// <exception cref="InvalidDataException">A weight holds an infinity or NaN, or a number too large for its format on the GPU.</exception>
    public void Upload(IReadOnlyList<(WeightKey Key, nint Address)> resident, IReadOnlyList<(WeightKey Key, nint Address)> streamed)
    {
        int count = resident.Count + streamed.Count;
        if (count == 0)
        {
            return;
        }

        WeightJob[][] jobs = [.. resident.Select(item => item.Key.Jobs(item.Address).ToArray()), .. streamed.Select(item => item.Key.Jobs(0).ToArray())];
        int[] firstJobs = new int[count];
        for (int i = 1; i < count; i++)
        {
            firstJobs[i] = firstJobs[i - 1] + jobs[i - 1].Length;
        }

        int[] flags = new int[firstJobs[^1] + jobs[^1].Length];
        using DeviceMemory refused = new(device, (long)flags.Length * sizeof(int), "bringing weights in");
        CudaDriver.cuMemsetD8Async(refused.Pointer, 0, (nuint)refused.Bytes, device.Stream).ThrowOnError();
        device.Synchronize();

        OpenLanes(resident.Concat(streamed).Sum(item => item.Key.Bytes));
        int next = -1;
        Exception? failure = null;
        Thread[] threads = [.. _lanes.Select(lane => new Thread(() => Work(lane)) { IsBackground = true, Name = "weights" })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        CloseLanes();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        fixed (int* destination = flags)
        {
            CudaDriver.cuMemcpyDtoHAsync_v2((nint)destination, refused.Pointer, (nuint)refused.Bytes, device.Stream).ThrowOnError();
            device.Synchronize();
        }

        int first = Array.FindIndex(flags, flag => flag != 0);
        if (first >= 0)
        {
            string name = jobs.SelectMany(list => list).ElementAt(first).Source.Name;
            throw new InvalidDataException($"The weight '{name}' holds numbers that are not finite, or too large for the chosen number format.");
        }

        void Work(UploadLane lane)
        {
            try
            {
                device.MakeCurrent();
                while (Volatile.Read(ref failure) is null && Interlocked.Increment(ref next) is int i && i < count)
                {
                    nint flag = refused.Pointer + (firstJobs[i] * sizeof(int));
                    if (i < resident.Count)
                    {
                        lane.Bring(jobs[i], flag);
                    }
                    else
                    {
                        (WeightKey key, nint host) = streamed[i - resident.Count];
                        lane.BringToHost(key, host, flag);
                    }
                }

                lane.Finish();
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lanes.ForEach(lane => lane.Dispose());
        _lanes.Clear();
    }

    private void OpenLanes(long bytes)
    {
        int wanted = (int)Math.Clamp(1 + (bytes / BytesThatPayALane), 1, Math.Min(MostLanes, Environment.ProcessorCount));
        while (_lanes.Count < wanted)
        {
            _lanes.Add(new UploadLane(device, kernels));
        }
    }

    /// <summary>Keeps one lane for the next weights.</summary>
    private void CloseLanes()
    {
        foreach (UploadLane lane in _lanes.Skip(1))
        {
            lane.Dispose();
        }

        _lanes.RemoveRange(1, _lanes.Count - 1);
        _lanes[0].Trim();
    }
}

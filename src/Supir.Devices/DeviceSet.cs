using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Cuda;
using Supir.Restoration.Options;

namespace Supir.Devices;

/// <summary>Opened devices.</summary>
public sealed class DeviceSet : IDisposable
{
    private readonly DeviceChoice _choice;

    private DeviceSet(DeviceChoice choice, IReadOnlyList<IBackend> backends)
    {
        _choice = choice;
        Backends = backends;
    }

    /// <summary>The devices: the processor, or one GPU or several.</summary>
    public IReadOnlyList<IBackend> Backends { get; }

    /// <summary>What kind they are.</summary>
    public ComputeDevice Kind => _choice.Kind;

    /// <summary>What computes, in one line; with the reason where a GPU would have been taken and none can be.</summary>
    public string Description
    {
        get
        {
            if (Kind == ComputeDevice.Cuda)
            {
                return string.Join("; ", Backends.Select((backend, i) => $"cuda:{_choice.Gpus[i]}, {backend.Description}"));
            }

            return _choice.WhyNotGpu is null
                ? Backends[0].Description
                : $"{Backends[0].Description}; no GPU: {_choice.WhyNotGpu} (supir doctor says more)";
        }
    }

    /// <summary>Opens what was chosen.</summary>
    /// <param name="choice">The choice.</param>
    /// <param name="threads">Threads of the processor where it computes; 0 for one a processor.</param>
    /// <exception cref="DeviceException">A GPU cannot be opened.</exception>
    public static DeviceSet Open(DeviceChoice choice, int threads)
    {
        ArgumentNullException.ThrowIfNull(choice);
        if (choice.Kind == ComputeDevice.Cpu)
        {
            return new DeviceSet(choice, [new CpuBackend(threads)]);
        }

        List<IBackend> backends = [];
        try
        {
            foreach (int gpu in choice.Gpus)
            {
                backends.Add(new CudaBackend(gpu));
            }
        }
        catch
        {
            backends.ForEach(backend => backend.Dispose());
            throw;
        }

        return new DeviceSet(choice, backends);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBackend backend in Backends)
        {
            backend.Dispose();
        }
    }
}

using Supir.Engine;

namespace Supir.Server.Jobs;

/// <summary>A device that was opened.</summary>
internal sealed record OpenDevice(ServerDevice Device, IReadOnlyList<IBackend> Backends)
{
    /// <summary>What computes, for a person.</summary>
    public string Description => string.Join("; ", Backends.Select(backend => backend.Description));
}

/// <summary>The devices of the jobs, each opened when a job wants it first; for one thread.</summary>
internal sealed class OpenDevices : IDisposable
{
    private readonly Dictionary<string, OpenDevice> _open = [];

    /// <summary>A device.</summary>
    /// <exception cref="DeviceException">It cannot be opened.</exception>
    public OpenDevice Get(ServerDevice device)
    {
        if (!_open.TryGetValue(device.Id, out OpenDevice? open))
        {
            open = new OpenDevice(device, device.Open());
            _open.Add(device.Id, open);
        }

        return open;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBackend backend in _open.Values.SelectMany(open => open.Backends))
        {
            backend.Dispose();
        }
    }
}

using Supir.Engine;

namespace Supir.Restoration;

/// <summary>The memory that a run may take.</summary>
/// <param name="OwnBytes">What is taken beside the networks.</param>
/// <param name="LimitBytes">What may be taken in all, that included.</param>
/// <param name="HostBytes">On a GPU: what the machine's own memory has for weights that wait there.</param>
/// <param name="IsOnGpu">Whether it is a GPU's memory.</param>
internal readonly record struct MemoryBounds(long OwnBytes, long LimitBytes, long HostBytes, bool IsOnGpu)
{
    /// <summary>What the program itself takes: the runtime, compiled code, pictures, tables.</summary>
    private const long ProgramBytes = 122_000_000;

    /// <summary>The bounds of some devices: those of the one with the least room.</summary>
    public static MemoryBounds Of(IReadOnlyList<IBackend> backends, long? limit)
    {
        long machine = MemoryPlan.AvailableOnMachine();
        DeviceRoom[] rooms = [.. backends.Select(backend => backend.Room).OfType<DeviceRoom>()];
        if (rooms.Length == 0)
        {
            return new MemoryBounds(ProgramBytes, limit ?? machine, machine, IsOnGpu: false);
        }

        DeviceRoom least = rooms.MinBy(room => room.FreeBytes);
        long all = least.OwnBytes + least.FreeBytes;
        return new MemoryBounds(least.OwnBytes, Math.Min(limit ?? all, all), machine, IsOnGpu: true);
    }

    /// <summary>Whether a network fits.</summary>
    public bool Fits(PlanNeed need) => OwnBytes + need.TotalBytes <= LimitBytes && need.HostBytes <= HostBytes;
}

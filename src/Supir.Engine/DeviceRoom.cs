namespace Supir.Engine;

/// <summary>The memory of a device that has its own, while no plan is made.</summary>
/// <param name="OwnBytes">What the backend holds, or will, beside its plans: context, libraries, kernels.</param>
/// <param name="FreeBytes">What plans can have.</param>
public readonly record struct DeviceRoom(long OwnBytes, long FreeBytes);

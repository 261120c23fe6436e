using System.Runtime.CompilerServices;

namespace Supir.Cli.Tests;

/// <summary>Threads of the pool for as many programs as tests run side by side in this process.</summary>
/// <remarks>A program alone finds as many as there are processors, and hashes its model on one of them. Were all taken by others, a run of five
/// steps would be over before its model is known, and there would be no journal of it.</remarks>
internal static class PoolThreads
{
    private const int Count = 32;

#pragma warning disable CA2255 // For a library that others load; this one is loaded by its tests alone.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Provide() => ThreadPool.SetMinThreads(Count, Count);
}

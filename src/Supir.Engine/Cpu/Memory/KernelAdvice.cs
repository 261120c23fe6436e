using System.Runtime.InteropServices;

namespace Supir.Engine.Cpu.Memory;

/// <summary>Hints to the operating system about memory. A system without them, or one that refuses, changes nothing but the speed.</summary>
internal static partial class KernelAdvice
{
    /// <summary>The size of a huge page on x86-64 and 64-bit Arm.</summary>
    public const int HugePageBytes = 2 << 20;

    /// <summary>MADV_HUGEPAGE of Linux, sys/mman.h.</summary>
    private const int HugePage = 14;

    /// <summary>Asks for huge pages: 512 times fewer faults when the memory is first written.</summary>
    public static void PreferHugePages(nint address, long bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = madvise(address, (nuint)bytes, HugePage);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Small pages do as well.
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nuint length, int advice);
}

using System.Runtime.InteropServices;

namespace Supir.Engine.Cpu.Memory;

/// <summary>Large blocks straight from the operating system: what is let go is gone from the process at once.</summary>
/// <remarks>The C library keeps blocks below 32 MB that were freed, and up to 64 MB of them, for the next ones: more than the tolerance of a plan that says
/// how much memory a run will take.</remarks>
internal static partial class SystemPages
{
    private const int Read = 1;
    private const int Write = 2;
    private const int Private = 2;
    private const int Anonymous = 32;

    private static readonly nint Failed = -1;

    /// <summary>Takes a block at the boundary of a huge page, and asks for such pages; its content is zeros. 0 where there is none to have.</summary>
    public static nint Take(long bytes)
    {
        // The constants are those of Linux.
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        long length = LengthOf(bytes);
        nint mapped = mmap(0, (nuint)(length + KernelAdvice.HugePageBytes), Read | Write, Private | Anonymous, -1, 0);
        if (mapped == Failed)
        {
            return 0;
        }

        nint start = (nint)((mapped + KernelAdvice.HugePageBytes - 1) & ~((long)KernelAdvice.HugePageBytes - 1));
        nint end = start + (nint)length;
        Unmap(mapped, start - mapped);
        Unmap(end, mapped + (nint)length + KernelAdvice.HugePageBytes - end);
        KernelAdvice.PreferHugePages(start, length);
        return start;
    }

    /// <summary>Gives a block of so many bytes back.</summary>
    public static void GiveBack(nint start, long bytes) => Unmap(start, (nint)LengthOf(bytes));

    private static long LengthOf(long bytes) => (bytes + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    private static void Unmap(nint start, nint length)
    {
        if (length > 0)
        {
            _ = munmap(start, (nuint)length);
        }
    }

    [LibraryImport("libc")]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint length);
}

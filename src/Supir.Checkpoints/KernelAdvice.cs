using System.Runtime.InteropServices;

namespace Supir.Checkpoints;

/// <summary>Tells the operating system which pages of a mapped file are not needed for now.</summary>
internal static partial class KernelAdvice
{
    /// <summary>MADV_DONTNEED of Linux, sys/mman.h.</summary>
    private const int DoNotNeed = 4;

    /// <summary>Takes the whole pages inside a range of a read-only file mapping out of this process's memory; reading them again brings them back.</summary>
    /// <remarks>Without it a loaded model would count twice, as pages of its file and as packed weights. Only on Linux, and only as a favour:
    /// a refusal changes nothing.</remarks>
    public static void DropPages(nint address, long byteCount)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        long pageSize = Environment.SystemPageSize;
        long first = (address + pageSize - 1) / pageSize * pageSize;
        long end = (address + byteCount) / pageSize * pageSize;
        if (first >= end)
        {
            return;
        }

        try
        {
            _ = madvise((nint)first, (nuint)(end - first), DoNotNeed);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // A Linux without this call in its C library keeps the pages until it needs their memory.
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nuint length, int advice);
}

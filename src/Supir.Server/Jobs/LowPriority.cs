using System.Runtime.InteropServices;

namespace Supir.Server.Jobs;

/// <summary>Lets the calling thread, and the threads that it starts from then on, yield to those that answer requests.</summary>
internal static partial class LowPriority
{
    /// <summary>A thread of this niceness gets about a tenth of what one of niceness 0 gets, but all that the others leave.</summary>
    private const int Niceness = 10;

    private const int OneProcess = 0;

    /// <summary>Lowers the priority. .NET's own <see cref="Thread.Priority"/> does nothing on Linux, where a number for a process is a thread's.</summary>
    public static void ForThisThread()
    {
        if (OperatingSystem.IsLinux())
        {
            // Failing would only make answers slower while pictures are restored.
            _ = SetPriority(OneProcess, 0, Niceness);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int value);
}

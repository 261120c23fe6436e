using System.Runtime.ExceptionServices;

namespace Supir.Restoration;

/// <summary>The same work for several devices at the same time.</summary>
internal static class DeviceThreads
{
    /// <summary>Does the work of number 0 on the calling thread, that of every other number on a thread of its own, and waits for all.</summary>
    /// <remarks>Where several fail, the failure of the lowest number is thrown, as it was.</remarks>
    public static void Run(int count, Action<int> work)
    {
        ExceptionDispatchInfo?[] failures = new ExceptionDispatchInfo?[count];
        Thread[] others = [.. Enumerable.Range(1, count - 1).Select(number => new Thread(() => Attempt(number)) { IsBackground = true })];
        Array.ForEach(others, thread => thread.Start());
        Attempt(0);
        Array.ForEach(others, thread => thread.Join());
        Array.Find(failures, failure => failure is not null)?.Throw();

        void Attempt(int number)
        {
            try
            {
                work(number);
            }
#pragma warning disable CA1031 // Thrown again on the calling thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failures[number] = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}

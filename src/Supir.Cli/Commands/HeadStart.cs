using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary>Does what a restoration is sure to need, one thing after the other, on a processor that is idle while arguments, options and headers
/// are read.</summary>
/// <remarks>What fails there fails again, and is told, where it is needed.</remarks>
internal sealed class HeadStart : IDisposable
{
    private Task _last = Task.CompletedTask;
    private Task<ModelOptions>? _shipped;

    /// <summary>Reads the options file that is taken where none is named.</summary>
    public void ReadShippedOptions() => _shipped = Then(() => OptionsFile.Load(ShippedFiles.DefaultOptions));

    /// <summary>The options of a file, or those that are taken where none is named.</summary>
    /// <exception cref="Supir.Restoration.OptionException">The file is not there, or not as it should be.</exception>
    public ModelOptions OptionsOf(string? file) => file is null && _shipped is not null
        ? _shipped.GetAwaiter().GetResult()
        : OptionsFile.Load(file ?? ShippedFiles.DefaultOptions);

    /// <summary>Does something after what came before, whether that failed or not.</summary>
    public void Then(Action work) => Then(() =>
    {
        work();
        return true;
    });

    /// <summary>The same for something that has a result.</summary>
    public Task<T> Then<T>(Func<T> work)
    {
        Task<T> next = _last.ContinueWith(_ => work(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _last = next;
        return next;
    }

    /// <summary>Waits for what has begun: a library that is starting must not be left in the middle of it.</summary>
    public void Dispose() => ((IAsyncResult)_last).AsyncWaitHandle.WaitOne();
}

using Supir.Restoration;

namespace Supir.Cli.Display;

/// <summary>Shows how far a restoration is while it runs.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs the work and shows its progress: a bar on a screen, otherwise now and then a line.</summary>
    public static Restored Run(Terminal terminal, Func<IProgress<RestorationProgress>, Restored> work)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        ArgumentNullException.ThrowIfNull(work);
        return terminal.ErrorIsScreen ? ProgressBar.Run(terminal.Error, work) : work(new ProgressLines(terminal.Error));
    }
}

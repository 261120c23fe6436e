using Supir.Restoration;

namespace Supir.Cli.Display;

/// <summary>Shows how far something is while it runs.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs the work and shows its progress: a bar on a screen, otherwise now and then a line.</summary>
    public static T Run<T>(Terminal terminal, Func<IProgress<ProgressReport>, T> work)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        ArgumentNullException.ThrowIfNull(work);
        return terminal.ErrorIsScreen ? ProgressBar.Run(terminal.Error, work) : work(new ProgressLines(terminal.Error));
    }

    /// <summary>Runs a restoration and shows its progress.</summary>
    public static Restored Restore(Terminal terminal, Func<IProgress<RestorationProgress>, Restored> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Run(terminal, progress => work(new MappedProgress<RestorationProgress>(progress, ProgressReport.Of)));
    }
}

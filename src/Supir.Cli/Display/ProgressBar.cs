using Spectre.Console;
using Supir.Restoration;

namespace Supir.Cli.Display;

/// <summary>Progress for people: one bar for the whole, with the stage, the step and the time that is left.</summary>
internal sealed class ProgressBar(ProgressTask bar) : IProgress<RestorationProgress>
{
    /// <summary>Runs the work under a bar, which is gone afterwards.</summary>
    public static Restored Run(TextWriter writer, Func<IProgress<RestorationProgress>, Restored> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
        });
        return console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => work(new ProgressBar(context.AddTask("start", maxValue: 1))));
    }

    /// <inheritdoc/>
    public void Report(RestorationProgress value)
    {
        bar.Value = value.Fraction;
        bar.Description = Markup.Escape(value.Sentence);
    }
}

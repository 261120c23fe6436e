using Spectre.Console;

namespace Supir.Cli.Display;

/// <summary>Progress for people: one bar for the whole, with a sentence about what is going on.</summary>
internal sealed class ProgressBar(ProgressTask bar) : IProgress<ProgressReport>
{
    /// <summary>Runs the work under a bar, which is gone afterwards.</summary>
    public static T Run<T>(TextWriter writer, Func<IProgress<ProgressReport>, T> work)
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
    public void Report(ProgressReport value)
    {
        bar.Value = value.Fraction;
        bar.Description = Markup.Escape(value.Sentence);
    }
}

using Supir.Restoration;
using Supir.Restoration.Imaging;

namespace Supir.Cli.Display;

/// <summary>The closing lines of a restoration.</summary>
/// <param name="Output">What was written.</param>
/// <param name="Input">What was read.</param>
/// <param name="Restored">The result.</param>
/// <param name="Whole">Time from the command's start to the end, files included.</param>
/// <param name="Notes">What else there is to say of the model.</param>
internal sealed record Report(string Output, Picture Input, Restored Restored, TimeSpan Whole, IEnumerable<string?> Notes)
{
    /// <summary>Writes two lines, and one each for the notices.</summary>
    public void Write(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Picture result = Restored.Picture;
        writer.WriteLine(
            $"{Output}: {result.Width}×{result.Height} pixels, from {Input.Width}×{Input.Height}, " +
            $"restored at {Restored.Size.Width}×{Restored.Size.Height}, seed {Restored.Settings.Seed}");
        IEnumerable<string> stages = Restored.Stages.Select(stage => $"{stage.Stage.Title} {Durations.Exact(stage.Time)}");
        writer.WriteLine($"{string.Join(", ", stages)}; in all {Durations.Exact(Whole)}");
        foreach (string? note in Notes)
        {
            if (note is not null)
            {
                writer.WriteLine(Fault.OneLine(note));
            }
        }
    }
}

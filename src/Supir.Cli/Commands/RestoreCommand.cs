using System.Diagnostics;
using Supir.Cli.Display;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;

namespace Supir.Cli.Commands;

/// <summary><c>supir restore</c>: one picture.</summary>
internal static class RestoreCommand
{
    /// <summary>Restores and tells what came of it.</summary>
    public static int Run(RestoreRequest request, Terminal terminal, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();

        // Everything that can be refused is looked at before the first second of arithmetic.
        RestorePlan plan = RestorePlan.Of(request);
        string output = OutputPath.Of(request.Picture, request.Output, plan.Settings.Format);
        SourceFile source = SourceFile.Read(request.Picture);
        Picture picture = source.Decode();
        string[] outputs = OutputPath.ForSamples(request.TileMap ?? output, request.TileMap is null ? plan.Settings.Samples : 1);
        foreach (string path in outputs)
        {
            PictureFile.RequireWritable(path);
            LeftoverFiles.Remove(path);
        }

        using Workbench bench = Workbench.Open(plan, terminal, stop);
        Restorer restorer = bench.Restorers[0];
        if (request.TileMap is not null)
        {
            PictureFile.Save(restorer.DrawTiles(picture, plan.Settings), request.TileMap);
            terminal.Output.WriteLine($"{request.TileMap}: the tiles, numbered");
            return ExitCodes.Done;
        }

        using CaptionStep captions = CaptionStep.Open(request, plan, bench.Backend);
        terminal.Error.WriteLine(MemoryAmount.Describe(restorer.PlanMemory(picture, plan.Settings)));
        RestorationSettings settings = captions.Caption(restorer, picture, request.Picture, plan.Settings, terminal, stop);
        Restored restored = ProgressDisplay.Restore(terminal, progress => restorer.Restore(picture, settings, progress, stop));
        stop.ThrowIfCancellationRequested();
        for (int sample = 0; sample < outputs.Length; sample++)
        {
            ResultFile.Save(restored, sample, outputs[sample], bench.RecipeFor(source.Identity, PictureFile.FormatOf(outputs[sample]), settings));
        }

        Report report = new(string.Join(", ", outputs), picture, restored, Stopwatch.GetElapsedTime(start), bench.Notes);
        report.Write(terminal.Output);
        return ExitCodes.Done;
    }
}

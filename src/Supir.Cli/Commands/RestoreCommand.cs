using System.Diagnostics;
using Supir.Cli.Display;
using Supir.Cli.Folders;
using Supir.Engine.Cpu.Kernels;
using Supir.Models.Tokenizers;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;

namespace Supir.Cli.Commands;

/// <summary><c>supir restore</c>: a picture, or a folder of them.</summary>
internal static class RestoreCommand
{
    /// <summary>Restores and tells what came of it.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="ahead">What has begun already.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="stop">Asks it to stop.</param>
    public static int Run(RestoreRequest request, HeadStart ahead, Terminal terminal, CancellationToken stop)
    {
        // A picture's name is what is mistyped most, and told soonest: a model takes seconds to open.
        bool isFolder = Directory.Exists(request.Picture);
        if (!isFolder)
        {
            PictureFile.RequirePicture(request.Picture);
        }

        ahead.Then(PictureFile.RequireLibrary);

        // Everything that can be refused is looked at before the first second of arithmetic.
        RestorePlan plan = RestorePlan.Of(request, ahead);
        if (isFolder)
        {
            Prepare(ahead);
            return FolderCommand.Run(request, plan, terminal, stop);
        }

        return RestorePicture(request, plan, ahead, terminal, stop);
    }

    /// <summary>Begins what every restoration waits for sooner or later.</summary>
    private static void Prepare(HeadStart ahead)
    {
        ahead.Then(ClipTokenizer.LoadVocabulary);

        // On a GPU in vain, by a processor that has nothing else to do.
        ahead.Then(KernelCompilation.Run);
    }

    private static int RestorePicture(RestoreRequest request, RestorePlan plan, HeadStart ahead, Terminal terminal, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        RequireNoFolder(request);
        string output = OutputPath.Of(request.Picture, request.Output, plan.Settings.Format);
        Task<SourceFile> reading = ahead.Then(() => SourceFile.Read(request.Picture));
        Task<Picture> decoding = ahead.Then(() => reading.GetAwaiter().GetResult().Decode(plan.Settings.Mode));
        Prepare(ahead);
        using Workbench bench = Workbench.Open(plan, terminal, stop);
        SourceFile source = reading.GetAwaiter().GetResult();
        string[] outputs = OutputPath.ForSamples(request.TileMap ?? output, request.TileMap is null ? plan.Settings.Samples : 1);
        foreach (string path in outputs)
        {
            PictureFile.RequireWritable(path);
            LeftoverFiles.Remove(path);
        }

        Restorer restorer = bench.Restorers[0];
        Picture picture = decoding.GetAwaiter().GetResult();
        if (request.TileMap is not null)
        {
            PictureFile.Save(restorer.DrawTiles(picture, plan.Settings), request.TileMap);
            terminal.Output.WriteLine($"{request.TileMap}: the tiles, numbered");
            return ExitCodes.Done;
        }

        using CaptionStep captions = CaptionStep.Open(request, plan, bench.Backend);
        MemoryPlan memory = restorer.PlanMemory(picture, plan.Settings);
        terminal.Error.WriteLine(bench.Devices.Description);
        terminal.Error.WriteLine(MemoryAmount.Describe(memory));
        RestorationSettings settings = captions.Caption(restorer, picture, request.Picture, plan.Settings, terminal, stop);
        using RunJournal? journal = bench.JournalFor(outputs[0], source.Identity, settings);
        if (Restore(restorer, picture, settings, journal, terminal, stop) is not Restored restored)
        {
            return ExitCodes.Cancelled;
        }

        Recipe recipe = bench.RecipeFor(source.Identity, PictureFile.FormatOf(outputs[0]), settings);
        for (int sample = 0; sample < outputs.Length; sample++)
        {
            ResultFile.Save(restored, sample, outputs[sample], recipe);
        }

        journal?.Remove();
        new Report(string.Join(", ", outputs), picture, restored, Stopwatch.GetElapsedTime(start), bench.Notes).Write(terminal.Output);
        return ExitCodes.Done;
    }

    /// <summary>The restored picture; <c>null</c> where the run was stopped and what it came to is kept.</summary>
    private static Restored? Restore(
        Restorer restorer, Picture picture, RestorationSettings settings, RunJournal? journal, Terminal terminal, CancellationToken stop)
    {
        if (journal?.StepsDone > 0)
        {
            terminal.Error.WriteLine($"goes on after step {journal.StepsDone}, where an earlier run was ended");
        }

        try
        {
            return ProgressDisplay.Restore(terminal, progress => restorer.Restore(picture, settings, progress, journal, stop));
        }
        catch (OperationCanceledException) when (IsKept(journal))
        {
            terminal.Error.WriteLine($"supir: stopped; the same command goes on after step {journal?.StepsKept}.");
            return null;
        }
    }

    private static bool IsKept(RunJournal? journal)
    {
        journal?.Dispose();
        return journal?.StepsKept > 0;
    }

    private static void RequireNoFolder(RestoreRequest request)
    {
        foreach ((string flag, string? value) in new[] { ("--pattern", request.Pattern), ("--order", request.Order), ("--log", request.Log) })
        {
            if (value is not null)
            {
                throw new OptionException($"{flag}: is for folders, and {request.Picture} is none.");
            }
        }
    }
}

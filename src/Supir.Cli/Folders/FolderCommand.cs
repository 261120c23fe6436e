using Supir.Cli.Commands;
using Supir.Cli.Display;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Journals;

namespace Supir.Cli.Folders;

/// <summary><c>supir restore DIR -o DIR2</c>: all pictures of a folder and of those in it.</summary>
internal static class FolderCommand
{
    /// <summary>Restores what is not done yet, and tells what came of it.</summary>
    /// <returns>The gravest failure's exit code.</returns>
    public static int Run(RestoreRequest request, RestorePlan plan, Terminal terminal, CancellationToken stop)
    {
        string output = RequireOutput(request);
        PictureFormat format = plan.Settings.Format ?? PictureFormat.Png;
        FolderListing listing = FolderListing.Read(
            request.Picture, output, request.Pattern, request.Order, OutputPath.ExtensionOf(format), plan.Settings.Samples, request.SavesAsReference);
        if (listing.Pictures.Count == 0)
        {
            throw new OptionException($"{request.Picture}: there is no picture in this folder{(request.Pattern is null ? "" : $" that --pattern {request.Pattern} means")} ({listing.Others} other files).");
        }

        CreateFolder(output);
        LeftoverFiles.RemoveFrom(output, SearchOption.AllDirectories);
        RunJournal.RemoveOthers(output, listing.Pictures.Select(picture => picture.Outputs[0]));
        using FolderLog? log = FolderLog.Open(request.Log);
        using Workbench bench = Workbench.Open(plan, terminal, stop, forMany: true);
        using CaptionStep captions = CaptionStep.Open(request, plan, bench.Backend);

        // What is done before is known by its recipe, so the hashes are waited for, under a display of their own.
        _ = bench.Model;
        FolderTally tally = new(listing.Pictures.Count, log);
        FolderRun run = new(bench, captions, tally.Add);
        Lock gate = new();
        ProgressDisplay.Run(terminal, progress =>
        {
            void Show(FolderPicture picture, RestorationProgress restoration)
            {
                lock (gate)
                {
                    progress.Report(tally.Report(picture, restoration));
                }
            }

            run.Run(listing.Pictures, Show, stop);
            return tally;
        });
        return Conclude(request, output, listing, tally, bench, terminal, stop.IsCancellationRequested);
    }

    private static int Conclude(
        RestoreRequest request, string output, FolderListing listing, FolderTally tally, Workbench bench, Terminal terminal, bool isStopped)
    {
        foreach (FolderOutcome failure in tally.Failures)
        {
            terminal.Error.WriteLine($"supir: {failure.Fault?.Message}");
        }

        string others = listing.Others > 0 ? $", {listing.Others} other files left alone" : "";
        terminal.Output.WriteLine(
            $"{output}: {tally.Done} restored, {tally.Skipped} done before, {tally.Failures.Count} failed of {listing.Pictures.Count} pictures{others}; " +
            $"in all {Durations.Exact(tally.Elapsed)}");
        foreach (string? note in bench.Notes)
        {
            if (note is not null)
            {
                terminal.Output.WriteLine(Fault.OneLine(note));
            }
        }

        if (isStopped)
        {
            terminal.Error.WriteLine($"supir: stopped; the same command goes on with the rest of {request.Picture}.");
            return ExitCodes.Cancelled;
        }

        if (tally.Failures.Count > 0)
        {
            terminal.Output.WriteLine("The same command tries those that failed again.");
        }

        return tally.ExitCode;
    }

    private static string RequireOutput(RestoreRequest request)
    {
        if (request.TileMap is not null)
        {
            throw new OptionException("--tile_map: draws one picture's tiles; name a picture instead of a folder.");
        }

        string output = request.Output is { Length: > 0 } given
            ? given
            : throw new OptionException($"{request.Picture} is a folder: say with --output which folder the restored pictures go to.");
        string from = Path.GetFullPath(request.Picture).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        string to = Path.GetFullPath(output).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;

        // Restored pictures among those to be restored would be restored again by the next run, or written over.
        return from.StartsWith(to, StringComparison.Ordinal)
            ? throw new OptionException($"--output: {output} is the folder itself or around it; choose another, which may be inside it.")
            : output;
    }

    private static void CreateFolder(string output)
    {
        try
        {
            Directory.CreateDirectory(output);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"--output: the folder {output} cannot be made ({exception.Message.TrimEnd('.')}).", exception);
        }
    }
}

using System.Diagnostics;
using Supir.Cli.Display;
using Supir.Engine.Cpu;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary><c>supir restore</c>: one picture.</summary>
internal static class RestoreCommand
{
    /// <summary>Restores and tells what came of it.</summary>
    public static int Run(RestoreRequest request, Terminal terminal, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();

        // Everything that can be refused is looked at before the first second of arithmetic.
        int threads = ThreadCount.Parse(request.Threads);
        ModelOptions options = request.Model.Apply(OptionsFile.Load(request.Options ?? ShippedFiles.DefaultOptions));
        RestorationSettings settings = SettingsResolver.Resolve(options, request.Settings, ComputeDevice.Cpu);
        string output = OutputPath.Of(request.Picture, request.Output);
        Picture picture = PictureFile.Load(request.Picture);
        string[] outputs = OutputPath.ForSamples(request.TileMap ?? output, request.TileMap is null ? settings.Samples : 1);
        foreach (string path in outputs)
        {
            PictureFile.RequireWritable(path);
        }

        using CpuBackend backend = new(threads);
        using Restorer restorer = new(options, settings.Variant, backend) { MemoryLimit = MemoryAmount.Parse(request.Ram) };
        if (request.TileMap is not null)
        {
            PictureFile.Save(restorer.DrawTiles(picture, settings), request.TileMap);
            terminal.Output.WriteLine($"{request.TileMap}: the tiles, numbered");
            return ExitCodes.Done;
        }

        terminal.Error.WriteLine(MemoryAmount.Describe(restorer.PlanMemory(picture, settings)));
        Restored restored = ProgressDisplay.Run(terminal, progress => restorer.Restore(picture, settings, progress, stop));
        stop.ThrowIfCancellationRequested();
        for (int sample = 0; sample < outputs.Length; sample++)
        {
            PictureFile.Save(restored.Samples[sample], outputs[sample]);
        }

        Report report = new(string.Join(", ", outputs), picture, restored, Stopwatch.GetElapsedTime(start), options.Notice, restorer.Notes);
        report.Write(terminal.Output);
        return ExitCodes.Done;
    }
}

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
        ModelOptions options = OptionsFile.Load(request.Options ?? ShippedFiles.DefaultOptions);
        RestorationSettings settings = SettingsResolver.Resolve(options, request.Settings, ComputeDevice.Cpu);
        string output = OutputPath.Of(request.Picture, request.Output);
        Picture picture = PictureFile.Load(request.Picture);
        PictureFile.RequireWritable(output);

        using CpuBackend backend = new(threads);
        using Restorer restorer = new(options, settings.Variant, backend);
        Restored restored = ProgressDisplay.Run(terminal, progress => restorer.Restore(picture, settings, progress, stop));
        stop.ThrowIfCancellationRequested();
        PictureFile.Save(restored.Picture, output);

        Report report = new(output, picture, restored, Stopwatch.GetElapsedTime(start), options.Notice, restorer.UnreadWeights);
        report.Write(terminal.Output);
        return ExitCodes.Done;
    }
}

using System.Diagnostics;
using System.Globalization;
using Supir.Cli.Display;
using Supir.Devices;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;

namespace Supir.Cli.Commands;

/// <summary><c>supir caption</c>: a text file with the caption beside each picture.</summary>
internal static class CaptionCommand
{
    private const int MostParallel = 64;

    private static readonly string[] PictureExtensions =
        [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".avif", ".heic", ".heif", ".jxl"];

    /// <summary>Describes the pictures that have no caption yet; a picture that fails is told and does not stop the others.</summary>
    public static int Run(CaptionRequest request, Terminal terminal, CancellationToken stop)
    {
        long? parallel = request.Parallel is null ? null
            : int.TryParse(request.Parallel, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MostParallel ? count
            : throw new OptionException($"--parallel: must be a whole number from 1 to {MostParallel} but is '{request.Parallel}'.");
        CaptionerChoice choice = CaptionSettings.Resolve(request.Captioning, MemoryAmount.Parse(request.Ram));
        if (choice.IsSidecar)
        {
            throw new OptionException("--captioner sidecar reads the files that 'supir caption' writes; name a captioner that looks at pictures.");
        }

        string[] all = [.. request.Pictures.SelectMany(PicturesIn).Distinct()];
        if (all.Length == 0)
        {
            throw new PictureException(request.Pictures[0], "there are no pictures in this folder.");
        }

        string[] pictures = [.. all.Where(picture => request.Overwrite || !File.Exists(SidecarCaptioner.PathOf(picture)))];
        if (pictures.Length < all.Length)
        {
            terminal.Error.WriteLine($"{all.Length - pictures.Length} of {all.Length} pictures have a caption already; --overwrite makes new ones.");
        }

        if (pictures.Length == 0)
        {
            return ExitCodes.Done;
        }

        using DeviceSet? devices = choice.Llava is null ? null : CaptionDevice.Open(choice, ThreadCount.Parse(request.Threads));
        using ICaptioner captioner = choice.Open(devices?.Backends[0]) ?? throw new OptionException(
            $"There is no captioner: name LLaVA's weights with --llava (or in {LlavaOptions.PathVariable}), or a server with --captioner and --captioner_model.");
        return Describe(pictures, captioner, (int)(parallel ?? captioner.Parallelism), terminal, stop);
    }

    private static int Describe(string[] pictures, ICaptioner captioner, int parallel, Terminal terminal, CancellationToken stop)
    {
        Lock writing = new();
        Fault? first = null;
        int done = 0;
        int failed = 0;
        try
        {
            Parallel.ForEach(pictures, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = stop }, path =>
            {
                try
                {
                    long start = Stopwatch.GetTimestamp();
                    string caption = captioner.Describe(PictureFile.Load(path), path, parallel == 1 ? new WordCount(terminal) : null, stop);
                    SidecarCaptioner.Write(path, caption);
                    lock (writing)
                    {
                        done++;
                        terminal.Error.WriteLine($"{done + failed} of {pictures.Length}, {Durations.Exact(Stopwatch.GetElapsedTime(start))}");
                        terminal.Output.WriteLine($"{SidecarCaptioner.PathOf(path)}: {caption}");
                    }
                }
                catch (Exception exception) when (exception is CaptionException or PictureException or OptionException)
                {
                    lock (writing)
                    {
                        failed++;
                        first ??= Fault.Of(exception);
                        terminal.Error.WriteLine($"supir: {path}: {Fault.OneLine(exception.Message)}");
                    }
                }
            });
        }
        catch (AggregateException exception) when (exception.InnerExceptions.Count > 0)
        {
            throw exception.InnerExceptions[0];
        }

        if (failed > 0)
        {
            terminal.Error.WriteLine($"supir: {failed} of {pictures.Length} pictures have no caption; run the same command again to try these alone.");
        }

        return first?.ExitCode ?? ExitCodes.Done;
    }

    /// <summary>A picture itself, or the pictures of a folder by name.</summary>
    private static IEnumerable<string> PicturesIn(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path)
            .Where(file => PictureExtensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.'))
            .Order(StringComparer.Ordinal)
        : File.Exists(path) ? [path]
        : throw new PictureException(path, "there is no such file or folder.");
}

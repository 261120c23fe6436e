using Supir.Checkpoints;
using Supir.Checkpoints.Conversion;
using Supir.Restoration;
using Supir.Restoration.Captioning;

namespace Supir.Cli.Commands;

/// <summary><c>supir convert</c>: checkpoints of any kind as one pruned safetensors file, or a LLaVA as a folder in few bits.</summary>
internal static class ConvertCommand
{
    private const double Gigabyte = 1e9;
    private const int WorstTensors = 3;
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    /// <summary>Converts and tells how large the file became and what the rounding cost.</summary>
    public static int Run(IReadOnlyList<string> files, string? output, string? type, string? clip, Terminal terminal, CancellationToken stop)
    {
        string path = output ?? throw new OptionException("--output: is missing; name the safetensors file to write, or of a LLaVA the folder.");
        ConversionFormat format = type switch
        {
            null or "fp16" => ConversionFormat.Float16,
            "int8" => ConversionFormat.Int8,
            "fp8" => ConversionFormat.Float8E4M3,
            "int4" => ConversionFormat.Int4,
            _ => throw new OptionException($"--type: must be fp16, int8, int4 or fp8 but is '{type}'."),
        };
        if (files.Any(file => Path.GetFullPath(file) == Path.GetFullPath(path)))
        {
            throw new OptionException($"--output: {path} is one of the files to convert, which are never overwritten; name another file.");
        }

        Lines progress = new(terminal.Error);
        List<IWeightSource> sources = [.. files.Select(CheckpointFile.Open)];
        using OverlaySource source = new([.. sources]);
        if (sources.Any(one => CheckpointInspection.Of(one).Kind == CheckpointKind.Llava))
        {
            RequireFitsLlava(files, format);
            ConversionReport folder = LlavaConverter.Convert(files[0], clip ?? LlavaOptions.ClipPathOfEnvironment, path, format, progress, stop);
            Tell(folder, terminal.Output);
            terminal.Output.WriteLine($"Use it with --llava {path}");
            return ExitCodes.Done;
        }

        RequireFitsRestoration(files, format, clip);
        ConversionOptions options = new() { Format = format };
        UnfinishedConversion.RemoveLeftovers(path);
        DiskRoom.Require(path, CheckpointConverter.Measure(source, options));
        Tell(CheckpointConverter.Convert(source, path, options, progress, stop), terminal.Output);
        return ExitCodes.Done;
    }

    private static void RequireFitsLlava(IReadOnlyList<string> files, ConversionFormat format)
    {
        if (files.Count > 1)
        {
            throw new OptionException($"{string.Join(", ", files)}: one of them is a LLaVA, which is converted alone; where CLIP's vision tower is apart, --llava_clip names it.");
        }

        if (format == ConversionFormat.Float8E4M3)
        {
            throw new OptionException($"--type: {files[0]} is a LLaVA, which is kept in 16, 8 or 4 bits: fp16, int8 or int4, not fp8.");
        }
    }

    private static void RequireFitsRestoration(IReadOnlyList<string> files, ConversionFormat format, string? clip)
    {
        if (format == ConversionFormat.Int4)
        {
            throw new OptionException($"--type: int4 is for a LLaVA, which {string.Join(", ", files)} is not; diffusion does not bear 4 bits. int8 is the smallest for it.");
        }

        if (clip is not null)
        {
            throw new OptionException($"--llava_clip: goes with a LLaVA, which {string.Join(", ", files)} is not; leave it out.");
        }
    }

    private static void Tell(ConversionReport report, TextWriter output)
    {
        output.WriteLine(FormattableString.Invariant(
            $"{report.Path}: {report.Tensors.Count} tensors, {report.FileBytes / Gigabyte:F2} GB of {report.SourceBytes / Gigabyte:F2} GB; relative error of the weights {report.RelativeError:G3}"));
        foreach (TensorConversion tensor in report.Worst(WorstTensors).Where(tensor => tensor.RelativeError > 0))
        {
            output.WriteLine(FormattableString.Invariant($"  {tensor.RelativeError:G3}  {Fault.OneLine(tensor.Name)}"));
        }
    }

    private sealed class Lines(TextWriter writer) : IProgress<ConversionProgress>
    {
        private long _last = Environment.TickCount64;

        public void Report(ConversionProgress value)
        {
            long now = Environment.TickCount64;
            if (now - _last >= LeastPause.TotalMilliseconds)
            {
                _last = now;
                writer.WriteLine(FormattableString.Invariant($"{100.0 * value.ElementsDone / Math.Max(1, value.ElementCount),3:F0} %  {Fault.OneLine(value.Name)}"));
            }
        }
    }
}

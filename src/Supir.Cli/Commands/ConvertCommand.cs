using Supir.Checkpoints;
using Supir.Checkpoints.Conversion;
using Supir.Restoration;

namespace Supir.Cli.Commands;

/// <summary><c>supir convert</c>: checkpoints of any kind as one pruned safetensors file.</summary>
internal static class ConvertCommand
{
    private const double Gigabyte = 1e9;
    private const int WorstTensors = 3;
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    /// <summary>Converts and tells how large the file became and what the rounding cost.</summary>
    public static int Run(IReadOnlyList<string> files, string? output, string? type, Terminal terminal, CancellationToken stop)
    {
        string path = output ?? throw new OptionException("--output: is missing; name the safetensors file to write.");
        ConversionFormat format = type switch
        {
            null or "fp16" => ConversionFormat.Float16,
            "int8" => ConversionFormat.Int8,
            "fp8" => ConversionFormat.Float8E4M3,
            _ => throw new OptionException($"--type: must be fp16, int8 or fp8 but is '{type}'."),
        };
        if (files.Any(file => Path.GetFullPath(file) == Path.GetFullPath(path)))
        {
            throw new OptionException($"--output: {path} is one of the files to convert, which are never overwritten; name another file.");
        }

        List<IWeightSource> sources = [];
        foreach (string file in files)
        {
            sources.Add(CheckpointFile.Open(file));
        }

        using OverlaySource source = new([.. sources]);
        if (CheckpointInspection.Of(source).Kind == CheckpointKind.Llava)
        {
            throw new OptionException($"{string.Join(", ", files)}: is a LLaVA, which is not converted: its weights are brought into 4 or 8 bits when it is loaded.");
        }

        ConversionReport report = CheckpointConverter.Convert(
            source, path, new ConversionOptions { Format = format }, new Lines(terminal.Error), stop);
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"{path}: {report.Tensors.Count} tensors, {report.FileBytes / Gigabyte:F2} GB of {report.SourceBytes / Gigabyte:F2} GB; relative error of the weights {report.RelativeError:G3}"));
        foreach (TensorConversion tensor in report.Worst(WorstTensors).Where(tensor => tensor.RelativeError > 0))
        {
            terminal.Output.WriteLine(FormattableString.Invariant($"  {tensor.RelativeError:G3}  {Fault.OneLine(tensor.Name)}"));
        }

        return ExitCodes.Done;
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

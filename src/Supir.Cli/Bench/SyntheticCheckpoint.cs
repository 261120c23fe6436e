using System.Diagnostics;
using Supir.Checkpoints;
using Supir.Checkpoints.Conversion;

namespace Supir.Cli.Bench;

/// <summary>A checkpoint file of the published model's size, for measuring what only a file shows: loading, and memory.</summary>
internal static class SyntheticCheckpoint
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    /// <summary>Computes all weights, in half precision, and writes them as one safetensors file.</summary>
    public static void Write(string path, Terminal terminal, CancellationToken stop)
    {
        using SyntheticSource source = SyntheticSource.Open(ShippedFiles.FullManifest);
        ConversionOptions options = new()
        {
            Format = ConversionFormat.Float16,
            Metadata = new Dictionary<string, string> { ["made_by"] = "supir bench --write-checkpoint: computed weights that restore nothing" },
        };
        ConversionReport report = CheckpointConverter.Convert(source, path, options, new Lines(terminal.Error), stop);
        terminal.Output.WriteLine(FormattableString.Invariant($"{path}: {report.Tensors.Count} tensors, {report.FileBytes / 1e9:F2} GB, computed; for measuring only"));
    }

    private sealed class Lines(TextWriter writer) : IProgress<ConversionProgress>
    {
        private long _last = Stopwatch.GetTimestamp();

        public void Report(ConversionProgress value)
        {
            if (Stopwatch.GetElapsedTime(_last) >= LeastPause)
            {
                _last = Stopwatch.GetTimestamp();
                writer.WriteLine(FormattableString.Invariant($"{100.0 * value.ElementsDone / Math.Max(1, value.ElementCount),3:F0} %"));
            }
        }
    }
}

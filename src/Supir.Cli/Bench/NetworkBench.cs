using System.Diagnostics;
using System.Globalization;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Models;
using Supir.Models.Tokenizers;
using Supir.Restoration;
using Supir.Restoration.Options;

namespace Supir.Cli.Bench;

/// <summary>Whole networks at the size of SDXL and SUPIR.</summary>
/// <param name="Source">Their weights.</param>
/// <param name="Size">Pixels of a side.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Precision">How weights are kept.</param>
/// <param name="Peaks">The peaks so far; the one for so many threads is measured again beside each network.</param>
/// <param name="ShowProfile">Whether to say where the time went.</param>
internal sealed record NetworkBench(IWeightSource Source, int Size, int Threads, WeightPrecision Precision, Peaks Peaks, bool ShowProfile)
{
    private const int FirstHiddenState = 11;
    private const int Halves = 2;
    private const double Gigabyte = 1e9;

    /// <summary>Measures loading, a step (control and UNet, both halves), the autoencoder and the text towers, and writes a line each.</summary>
    /// <param name="isWanted">Whether to measure what has a name.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="stop">Asked between operations.</param>
    public void Run(Predicate<string> isWanted, TextWriter output, CancellationToken stop)
    {
        ModelOptions options = OptionsFile.Load(ShippedFiles.PublishedOptions);
        SupirNetworks networks = new(new WeightReader(Source), options.Vae, options.UNet, options.Control, FirstHiddenState);
        int latent = Size / options.Vae.Downsampling;
        (string Name, Func<Graph> Describe)[] graphs =
        [
            ("text, both towers", () => networks.Text.Describe(Halves, ClipTokenizer.ContextLength)),
            ($"VAE encode {Size}x{Size}", () => networks.Vae.DescribeEncoding(1, Size, Size, denoise: false)),
            ($"VAE decode {Size}x{Size}", () => networks.Vae.DescribeDecoding(1, latent, latent)),
            ($"EDM step {Size}x{Size}, both halves", () => networks.Diffusion.Describe(Halves, latent, latent, ClipTokenizer.ContextLength)),
        ];
        using CpuBackend backend = new(Threads);
        foreach ((string name, Func<Graph> describe) in graphs.Where(graph => isWanted(graph.Name)))
        {
            Measure(backend, name, describe(), output, stop);
        }
    }

    private void Measure(CpuBackend backend, string name, Graph graph, TextWriter output, CancellationToken stop)
    {
        bool knowsPeak = ProcessMemory.StartPeak();
        long start = Stopwatch.GetTimestamp();
        using CpuPlan plan = backend.Compile(graph, new PlanOptions { Weights = Precision });
        double loading = Stopwatch.GetElapsedTime(start).TotalSeconds;
        PlanTimer.FillInputs(plan, graph);
        (double seconds, Profile profile) = PlanTimer.Profile(plan, stop);
        double rate = plan.Flops / seconds;
        double ceiling = Peaks.MeasureAgain(Threads);
        string peak = knowsPeak && ProcessMemory.Peak() is long bytes ? FormattableString.Invariant($", resident at most {bytes / Gigabyte:F2}") : "";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-32} {seconds,7:F2} s  {rate / 1e9,7:F1} GFLOP/s  {rate / ceiling,5:P0} of peak{DirectRate.Describe(rate, GraphCost.Flops(graph) / seconds)}; loaded in {loading:F1} s; GB: weights {backend.WeightBytes / Gigabyte:F2}, arena {plan.ArenaBytes / Gigabyte:F2}{peak}"));
        if (ShowProfile)
        {
            ProfileTable.Write(profile, ceiling, output);
        }
    }
}

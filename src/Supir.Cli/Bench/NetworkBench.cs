using System.Diagnostics;
using System.Globalization;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Models;
using Supir.Models.Tokenizers;
using Supir.Restoration.Options;

namespace Supir.Cli.Bench;

/// <summary>Whole networks at the size of SDXL and SUPIR, with weights computed from their names.</summary>
internal static class NetworkBench
{
    private const int FirstHiddenState = 11;
    private const int Halves = 2;
    private const int ProfileLines = 40;

    /// <summary>Measures a step (control and UNet, both halves) and the autoencoder for pictures of a size, and writes a line each.</summary>
    /// <param name="size">Pixels of a side.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="peak">The peak that was measured for so many.</param>
    /// <param name="showProfile">Whether to say where the time went.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="stop">Asked between operations.</param>
    public static void Run(int size, int threads, double peak, bool showProfile, TextWriter output, CancellationToken stop)
    {
        ModelOptions options = OptionsFile.Load(ShippedFiles.PublishedOptions);
        using SyntheticSource source = SyntheticSource.Open(ShippedFiles.FullManifest);
        SupirNetworks networks = new(new WeightReader(source), options.Vae, options.UNet, options.Control, FirstHiddenState);
        int latent = size / options.Vae.Downsampling;
        (string Name, Graph Graph)[] graphs =
        [
            ("text, both towers", networks.Text.Describe(Halves, ClipTokenizer.ContextLength)),
            ($"VAE encode {size}x{size}", networks.Vae.DescribeEncoding(1, size, size, denoise: false)),
            ($"VAE decode {size}x{size}", networks.Vae.DescribeDecoding(1, latent, latent)),
            ($"EDM step {size}x{size}, both halves", networks.Diffusion.Describe(Halves, latent, latent, ClipTokenizer.ContextLength)),
        ];
        using CpuBackend backend = new(threads);
        foreach ((string name, Graph graph) in graphs)
        {
            long start = Stopwatch.GetTimestamp();
            using CpuPlan plan = backend.Compile(graph);
            double loading = Stopwatch.GetElapsedTime(start).TotalSeconds;
            PlanTimer.FillInputs(plan, graph);
            double seconds = PlanTimer.Best(plan, TimeSpan.Zero, stop);
            double rate = plan.Flops / seconds;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-32} {seconds,7:F2} s  {rate / 1e9,7:F1} GFLOP/s  {rate / peak,5:P0} of peak; loaded in {loading:F1} s, weights {backend.WeightBytes / 1e9:F2} GB, arena {plan.ArenaBytes / 1e9:F2} GB"));
            if (showProfile)
            {
                plan.Profile = new Profile();
                plan.Run(cancellationToken: stop);
                Write(plan.Profile, peak, output);
            }
        }
    }

    private static void Write(Profile profile, double peak, TextWriter output)
    {
        double total = profile.Entries.Sum(entry => entry.Time.TotalSeconds);
        double products = profile.Entries.Where(entry => entry.Flops > 0).Sum(entry => entry.Time.TotalSeconds);
        foreach (ProfileEntry entry in profile.Entries.Take(ProfileLines))
        {
            double seconds = entry.Time.TotalSeconds;
            string rate = entry.Flops > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{entry.Flops / seconds / 1e9,7:F1} GFLOP/s {entry.Flops / seconds / peak,5:P0}")
                : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {seconds / total,6:P1} {entry.Count,5} x {entry.Operation,-44} {rate}"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    outside matrix products, convolutions and attention: {1 - (products / total):P1}"));
    }
}

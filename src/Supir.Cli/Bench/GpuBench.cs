using System.Diagnostics;
using System.Globalization;
using Supir.Checkpoints;
using Supir.Devices;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models;
using Supir.Models.Tokenizers;
using Supir.Restoration.Options;

namespace Supir.Cli.Bench;

/// <summary>Whole networks at the size of SDXL and SUPIR on a GPU, in the number formats of a usual run.</summary>
internal static class GpuBench
{
    private const int FirstHiddenState = 11;
    private const int Halves = 2;
    private const int Repetitions = 20;
    private const double Tera = 1e12;

    /// <summary>Measures a step (control and UNet, both halves), the autoencoder and the text towers, and writes a line each.</summary>
    /// <param name="source">The weights.</param>
    /// <param name="size">Pixels of a side.</param>
    /// <param name="devices">The GPU; the first one counts.</param>
    /// <param name="isWanted">Whether to measure what has a name.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="stop">Asked between runs.</param>
    public static void Run(IWeightSource source, int size, DeviceSet devices, Predicate<string> isWanted, TextWriter output, CancellationToken stop)
    {
        ModelOptions options = OptionsFile.Load(ShippedFiles.PublishedOptions);
        SupirNetworks networks = new(new WeightReader(source), options.Vae, options.UNet, options.Control, FirstHiddenState);
        int latent = size / options.Vae.Downsampling;
        (string Name, DType Type, Graph Graph)[] cases =
        [
            ("text, both towers, fp16", DType.Float16, networks.Text.Describe(Halves, ClipTokenizer.ContextLength)),
            ($"VAE encode {size}x{size}, bf16", DType.BFloat16, networks.Vae.DescribeEncoding(1, size, size, denoise: false)),
            ($"VAE decode {size}x{size}, bf16", DType.BFloat16, networks.Vae.DescribeDecoding(1, latent, latent)),
            ($"EDM step {size}x{size}, both halves, fp16", DType.Float16, networks.Diffusion.Describe(Halves, latent, latent, ClipTokenizer.ContextLength)),
        ];
        output.WriteLine(devices.Description);
        foreach ((string name, DType type, Graph graph) in cases.Where(item => isWanted(item.Name)))
        {
            long start = Stopwatch.GetTimestamp();
            using IPlan plan = devices.Backends[0].Compile(graph, PlanOptions.In(type));
            double loading = Stopwatch.GetElapsedTime(start).TotalSeconds;
            PlanTimer.FillInputs(plan, graph);
            double seconds = Median(plan, graph, stop);
            PlanNeed need = devices.Backends[0].Measure(graph, PlanOptions.In(type));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-40} {seconds * 1e3,8:F2} ms  {GraphCost.Flops(graph) / seconds / Tera,6:F0} TFLOP/s; brought in within {loading:F1} s, {need.TotalBytes / 1e9:F2} GB"));
        }
    }

    /// <summary>The median of runs, each from the start to its result in main memory.</summary>
    private static double Median(IPlan plan, Graph graph, CancellationToken stop)
    {
        (string name, Value value) = graph.Outputs.First();
        float[] result = new float[value.Shape.ElementCount];
        double[] times = new double[Repetitions];
        for (int i = -2; i < Repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            plan.Run(cancellationToken: stop);
            plan.GetOutput(name, result);
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        Array.Sort(times);
        return times[Repetitions / 2];
    }
}

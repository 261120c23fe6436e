using System.Diagnostics;
using Supir.Checkpoints;
using Supir.Checkpoints.Conversion;
using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Engine.Graphs;
using Supir.Models.Control;
using Supir.Models.TextEncoders;
using Supir.Models.Tokenizers;
using Supir.Models.UNet;
using Supir.Models.Vae;
using Supir.Testing;

namespace Supir.Gpu.Runner;

/// <summary>From a checkpoint file to the first step.</summary>
internal static class LoadBenchmark
{
    /// <summary>Writes a checkpoint of the published size with synthetic weights in half precision.</summary>
    public static void Write(string path)
    {
        long start = Stopwatch.GetTimestamp();
        using SyntheticSource source = SyntheticSource.Open(Golden.PathOf("full.manifest.json"));
        CheckpointConverter.Convert(source, path, new ConversionOptions { Format = ConversionFormat.Float16, Prune = false });
        Report.Say($"{path}: {new FileInfo(path).Length / 1e9:f2} GB written in {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s");
    }

    /// <summary>Opens the checkpoint and runs what a picture needs up to its first step, each part's time apart.</summary>
    public static void Load(CudaBackend cuda, string path, PlanOptions step)
    {
        double started = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds;
        long start = Stopwatch.GetTimestamp();
        using IWeightSource source = CheckpointFile.Open(path);
        TextConditioner text = new(new WeightReader(source), 11);
        Autoencoder vae = new(new WeightReader(source), VaeConfig.Sdxl);
        ControlledUNet diffusion = new(new WeightReader(source), UNetConfig.SdxlBase, UNetConfig.SdxlBase);
        double opened = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double texts = Timed(() =>
        {
            using CudaPlan plan = cuda.Compile(text.Describe(2, ClipTokenizer.ContextLength), PlanOptions.In(DType.Float16));
            plan.Run();
            plan.Synchronize();
        });
        double encoding = Timed(() =>
        {
            using CudaPlan plan = cuda.Compile(vae.DescribeEncoding(1, 1024, 1024, denoise: true), PlanOptions.In(DType.BFloat16));
            plan.Run();
            plan.Synchronize();
        });
        Graph graph = diffusion.Describe(2, 128, 128, ClipTokenizer.ContextLength);
        double weights = 0;
        double stepping = Timed(() =>
        {
            using CudaPlan plan = cuda.Compile(graph, step);
            weights = plan.WeightSeconds;
            plan.Run();
            plan.Synchronize();
        });
        Report.Say($"from {path} to the first step: {Stopwatch.GetElapsedTime(start).TotalSeconds:f2} s (process started {started:f2} s before): files {opened:f2}, text {texts:f2}, encode {encoding:f2}, step {stepping:f2} (weights {weights:f2}); {cuda.CompiledKernels} kernel files compiled");
    }

    private static double Timed(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}

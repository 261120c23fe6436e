using System.Diagnostics;
using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Models.Control;
using Supir.Models.TextEncoders;
using Supir.Models.Tokenizers;
using Supir.Models.UNet;
using Supir.Models.Vae;

namespace Supir.Gpu.Runner;

/// <summary>How fast the parts of a run are at full size, beside the machine's own ceilings measured in the same process.</summary>
internal static class Benchmarks
{
    private const int FirstHiddenState = 11;

    /// <summary>Measures everything and prints a line each, with a profile of the step.</summary>
    public static void Run(CudaBackend cuda)
    {
        Ceilings(cuda);
        Text(cuda);
        Attentions(cuda);
        Step(cuda, 128, profile: true);
        if (cuda.MultipliesFloat8)
        {
            Step(cuda, 128, profile: true, new PlanOptions { Values = DType.Float16, Weights = WeightPrecision.Float8 });
        }

        Vae(cuda);
        Step(cuda, 256, profile: false);
    }

    /// <summary>The attentions of a step by themselves: by cuDNN where it is used, and by our own kernel.</summary>
    private static void Attentions(CudaBackend cuda)
    {
        using CudaBackend own = new(0, DType.Float16, new CudaBackendOptions(UsesCudnn: false));
        foreach ((int heads, int queries, int keys) in new[] { (20, 1024, 1024), (10, 4096, 4096), (20, 1024, 77), (10, 4096, 77) })
        {
            const int Copies = 10; // so that launching does not count
            Graph g = new();
            Value q = g.Input("q", new Shape(2, queries, 1, 64 * heads));
            Value k = g.Input("k", new Shape(2, keys, 1, 64 * heads));
            Value v = g.Input("v", new Shape(2, keys, 1, 64 * heads));
            Value y = q;
            for (int i = 0; i < Copies; i++)
            {
                y = g.Attention(y, k, v, heads);
            }

            g.Output("y", y);
            foreach ((string name, CudaBackend backend) in new[] { ("as chosen", cuda), ("own", own) })
            {
                using CudaPlan plan = backend.Compile(g, PlanOptions.In(DType.Float16));
                plan.SetInput("q", Noise(2 * queries * 64 * heads));
                plan.SetInput("k", Noise(2 * keys * 64 * heads));
                plan.SetInput("v", Noise(2 * keys * 64 * heads));
                Print($"{Copies} attentions 2x{heads}x{queries}x{keys}, {name}", plan, Time(plan, 20));
            }
        }
    }

    /// <summary>One step of control and UNet, two latents at a time.</summary>
    public static void Step(CudaBackend cuda, int side, bool profile, PlanOptions? options = null)
    {
        options ??= PlanOptions.In(DType.Float16);
        long start = Stopwatch.GetTimestamp();
        ControlledUNet diffusion = new(GoldenChecks.OpenFull(), UNetConfig.SdxlBase, UNetConfig.SdxlBase);
        using CudaPlan plan = cuda.Compile(diffusion.Describe(2, side, side, ClipTokenizer.ContextLength), options);
        (long free, long total) = cuda.Memory();
        Report.Say($"step plan in {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s: weights {cuda.WeightBytes / 1e9:f2} GB, arena {plan.ArenaBytes / 1e9:f2} GB, {(total - free) / 1e9:f2} GB of the GPU in use, {plan.OperationCount} operations");
        Fill(plan, side);
        Print($"step at {8 * side}x{8 * side}, fp16{(options.Weights == WeightPrecision.AsStored ? "" : $", {options.Weights}")}", plan, Time(plan, 20));
        if (profile)
        {
            PrintProfile(plan, "step");
        }
    }

    /// <summary>Gives a step plan fresh inputs.</summary>
    public static void Fill(CudaPlan plan, int side)
    {
        plan.SetInput(ControlledUNet.Latent, Noise(2 * side * side * 4));
        plan.SetInput(ControlledUNet.LowQuality, Noise(2 * side * side * 4));
        plan.SetInput(ControlledUNet.Timestep, [500, 500]);
        plan.SetInput(ControlledUNet.ControlScale, [1]);
        plan.SetInput(ControlledUNet.Context, Noise(2 * ClipTokenizer.ContextLength * UNetConfig.SdxlBase.ContextChannels));
        plan.SetInput(ControlledUNet.Vector, Noise(2 * UNetConfig.SdxlBase.VectorChannels));
    }

    private static void Text(CudaBackend cuda)
    {
        TextConditioner text = new(GoldenChecks.OpenFull(), FirstHiddenState);
        using CudaPlan plan = cuda.Compile(text.Describe(2, ClipTokenizer.ContextLength), PlanOptions.In(DType.Float16));
        int[] ids = ClipTokenizer.OpenClip.EncodePadded("a photo of a cat");
        plan.SetInput(TextConditioner.FirstIds, [.. ids.Concat(ids).Select(id => (float)id)]);
        plan.SetInput(TextConditioner.SecondIds, [.. ids.Concat(ids).Select(id => (float)id)]);
        plan.SetInput(TextConditioner.End, [6, 6]);
        plan.SetInput(TextConditioner.Sizes, [.. TextConditioner.DefaultSizes, .. TextConditioner.DefaultSizes]);
        Print("text, two prompts, fp16", plan, Time(plan, 20));
    }

    private static void Vae(CudaBackend cuda)
    {
        Autoencoder vae = new(GoldenChecks.OpenFull(), VaeConfig.Sdxl);
        using (CudaPlan decoder = cuda.Compile(vae.DescribeDecoding(1, 128, 128), PlanOptions.In(DType.BFloat16)))
        {
            decoder.SetInput(Autoencoder.Latent, Noise(128 * 128 * 4));
            Print("decode at 1024x1024, bf16", decoder, Time(decoder, 10));
            PrintProfile(decoder, "decode");
        }

        using (CudaPlan decoder = cuda.Compile(vae.DescribeDecoding(1, 128, 128), PlanOptions.In(DType.Float32)))
        {
            decoder.SetInput(Autoencoder.Latent, Noise(128 * 128 * 4));
            Print("decode at 1024x1024, fp32", decoder, Time(decoder, 3));
        }

        using CudaPlan encoder = cuda.Compile(vae.DescribeEncoding(1, 1024, 1024, denoise: true), PlanOptions.In(DType.BFloat16));
        encoder.SetInput(Autoencoder.Image, Noise(1024 * 1024 * 3));
        Print("encode at 1024x1024, bf16", encoder, Time(encoder, 10));
        PrintProfile(encoder, "encode");
    }

    /// <summary>A product of 8192³ in half precision, and the addition of a number to 2 GB of numbers.</summary>
    private static void Ceilings(CudaBackend cuda)
    {
        const int Size = 8192;
        Graph product = new();
        Half[] elements = Array.ConvertAll(Noise(Size * Size), x => (Half)(x / 64));
        product.Output("y", product.Linear(
            product.Input("x", new Shape(1, Size, 1, Size)), new LinearWeights(Weight.FromHalves("w", new Shape(Size, Size), elements))));
        using (CudaPlan plan = cuda.Compile(product, PlanOptions.In(DType.Float16)))
        {
            plan.SetInput("x", Noise(Size * Size));
            Print("ceiling: product of 8192x8192x8192, fp16", plan, Time(plan, 20));
        }

        double bandwidth = CopyBandwidth(cuda);
        Report.Say($"{"ceiling: copy of 1 GB",-44} {bandwidth / 1e12,18:f2} TB/s");
    }

    /// <summary>Bytes a second, read and written, of copying 1 GB on the GPU.</summary>
    public static double CopyBandwidth(CudaBackend cuda)
    {
        const int Rows = 65536;
        const int Size = 8192;
        Graph copy = new();
        copy.Output("y", copy.Activate(copy.Input("x", new Shape(1, Rows, 1, Size)), Activation.None));
        using CudaPlan pass = cuda.Compile(copy, PlanOptions.In(DType.Float16));
        pass.SetInput("x", Noise(Rows * Size));
        double milliseconds = Time(pass, 20);
        return 2.0 * Rows * Size * 2 / milliseconds * 1e3;
    }

    /// <summary>The median of a plan's replayed runs, in milliseconds.</summary>
    public static double Time(CudaPlan plan, int repetitions)
    {
        plan.Run();
        plan.Run();
        plan.Run();
        plan.Synchronize();
        double[] times = new double[repetitions];
        for (int i = 0; i < repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            plan.Run();
            plan.Synchronize();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[repetitions / 2];
    }

    private static void Print(string what, CudaPlan plan, double milliseconds) =>
        Report.Say($"{what,-44} {milliseconds,8:f3} ms {plan.Flops / milliseconds / 1e9,8:f1} TFLOP/s");

    private static void PrintProfile(CudaPlan plan, string name)
    {
        Profile profile = new();
        plan.Profile = profile;
        plan.Run();
        profile = new Profile();
        plan.Profile = profile;
        plan.Run();
        plan.Profile = null;
        double sum = profile.Entries.Sum(entry => entry.Time.TotalMilliseconds);
        Report.Say($"  profile of {name}, one by one: {sum:f2} ms");
        foreach (IGrouping<string, ProfileEntry> group in profile.Entries.GroupBy(entry => entry.Operation.Split(' ')[0]).OrderByDescending(group => group.Sum(entry => entry.Time.TotalMilliseconds)))
        {
            Report.Say($"  {group.Key,-20} x{group.Sum(entry => entry.Count),-5} {group.Sum(entry => entry.Time.TotalMilliseconds),8:f3} ms {group.Sum(entry => entry.Flops) / Math.Max(1e-9, group.Sum(entry => entry.Time.TotalMilliseconds)) / 1e9,8:f1} TFLOP/s");
        }

        foreach (ProfileEntry entry in profile.Entries.Take(28))
        {
            Report.Say($"    {entry.Operation,-60} x{entry.Count,-4} {entry.Time.TotalMilliseconds,8:f3} ms {entry.Flops / entry.Time.TotalMilliseconds / 1e9,8:f1} TFLOP/s");
        }
    }

    private static float[] Noise(int count)
    {
        Random random = new(Random.Shared.Next());
        float[] elements = new float[count];
        for (int i = 0; i < count; i++)
        {
            elements[i] = (float)((random.NextDouble() * 2) - 1);
        }

        return elements;
    }
}

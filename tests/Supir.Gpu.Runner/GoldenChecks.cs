using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Models.Control;
using Supir.Models.Tests;
using Supir.Models.TextEncoders;
using Supir.Models.Tokenizers;
using Supir.Models.UNet;
using Supir.Models.Vae;
using Supir.Testing;

namespace Supir.Gpu.Runner;

/// <summary>The networks on the GPU against what the reference computed in single precision.</summary>
internal static class GoldenChecks
{
    private const int FirstHiddenState = 11;
    private const string Positive = "An old photograph of a fisherman mending nets, 1932. Highly detailed.";
    private const string Negative = "blurry, low quality, jpeg artifacts";

    /// <summary>The small model in every number format.</summary>
    public static void Mini(Report report, CudaBackend cuda)
    {
        foreach (DType type in new[] { DType.Float32, DType.Float16, DType.BFloat16 })
        {
            double bound = type switch { DType.Float32 => 2e-5, DType.Float16 => 5e-3, _ => 4e-2 };
            report.Guard($"mini control and UNet in {type}", () => MiniNetwork(report, cuda, type, bound));
            report.Guard($"mini autoencoder in {type}", () => MiniAutoencoder(report, cuda, type, bound));
        }
    }

    /// <summary>The published size with synthetic weights, in the formats of a usual run.</summary>
    public static void Full(Report report, CudaBackend cuda)
    {
        GoldenTensors goldens = GoldenTensors.Open("full.safetensors");
        report.Guard("text", () => FullText(report, cuda, goldens));
        foreach (DType type in new[] { DType.BFloat16, DType.Float32 })
        {
            // The reference's own decoder in bfloat16 is off by 1.5e-2.
            double bound = type == DType.BFloat16 ? 2e-2 : 1e-3;
            Autoencoder vae = new(OpenFull(), VaeConfig.Sdxl);
            foreach ((bool denoise, string golden) in new[] { (true, "vae.denoise_moments"), (false, "vae.moments") })
            {
                report.Guard(golden, () =>
                {
                    using CudaPlan plan = cuda.Compile(vae.DescribeEncoding(1, 512, 512, denoise), PlanOptions.In(type));
                    plan.Poison();
                    plan.SetInput(Autoencoder.Image, Input("input.image", new Shape(1, 3, 512, 512)));
                    plan.Run();
                    Compare(report, $"{golden} in {type}", plan, Autoencoder.Moments, goldens, golden, new Shape(1, 8, 64, 64), bound);
                });
            }

            report.Guard("vae.decoded", () =>
            {
                using CudaPlan plan = cuda.Compile(vae.DescribeDecoding(1, 32, 32), PlanOptions.In(type));
                plan.Poison();
                plan.SetInput(Autoencoder.Latent, Input("input.latent", new Shape(1, 4, 32, 32)));
                plan.Run();
                Compare(report, $"vae.decoded in {type}", plan, Autoencoder.Image, goldens, "vae.decoded", new Shape(1, 3, 256, 256), bound);
            });
        }

        ControlledUNet diffusion = new(OpenFull(), UNetConfig.SdxlBase, UNetConfig.SdxlBase);
        foreach ((DType type, double bound) in new[] { (DType.Float16, 3e-3), (DType.BFloat16, 3e-2), (DType.Float32, 1e-3) })
        {
            report.Guard($"full control and UNet in {type}", () => FullNetwork(report, cuda, diffusion, goldens, PlanOptions.In(type), bound));
        }
    }

    /// <summary>A reader of all weights of the published size.</summary>
    public static WeightReader OpenFull() => new(SyntheticSource.Open(Golden.PathOf("full.manifest.json")));

    private static void FullText(Report report, CudaBackend cuda, GoldenTensors goldens)
    {
        TextConditioner text = new(OpenFull(), FirstHiddenState);
        using CudaPlan plan = cuda.Compile(text.Describe(2, ClipTokenizer.ContextLength), PlanOptions.In(DType.Float16));
        string[] texts = [Negative, Positive];
        int[][] ids = Array.ConvertAll(texts, one => ClipTokenizer.OpenClip.EncodePadded(one));
        plan.Poison();
        plan.SetInput(TextConditioner.FirstIds, [.. texts.SelectMany(one => ClipTokenizer.HuggingFace.EncodePadded(one)).Select(id => (float)id)]);
        plan.SetInput(TextConditioner.SecondIds, [.. ids.SelectMany(one => one).Select(id => (float)id)]);
        plan.SetInput(TextConditioner.End, [.. ids.Select(one => (float)Array.IndexOf(one, ClipTokenizer.EndToken))]);
        plan.SetInput(TextConditioner.Sizes, [.. TextConditioner.DefaultSizes, .. TextConditioner.DefaultSizes]);
        plan.Run();
        report.Check("text.crossattn in Float16", Error(goldens.Floats("text.crossattn"), plan, TextConditioner.Context), 2e-3);
        report.Check("text.vector in Float16", Error(goldens.Floats("text.vector"), plan, TextConditioner.Vector), 2e-3);
    }

    /// <summary>One step of control network and UNet at 512×512 against the reference.</summary>
    public static void FullNetwork(
        Report report, CudaBackend cuda, ControlledUNet diffusion, GoldenTensors goldens, PlanOptions options, double bound, bool onlyResult = false)
    {
        string type = $"{options.Values}{(options.Weights == WeightPrecision.AsStored ? "" : $", {options.Weights}")}";
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        using CudaPlan plan = cuda.Compile(diffusion.Describe(2, 64, 64, ClipTokenizer.ContextLength, showControl: true), options);
        Report.Say($"compiled in {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s, weights {cuda.WeightBytes / 1e9:f2} GB, arena {plan.ArenaBytes / 1e9:f2} GB, {plan.OperationCount} operations");
        plan.Poison();
        plan.SetInput(ControlledUNet.Latent, Input("input.x", new Shape(2, 4, 64, 64)));
        plan.SetInput(ControlledUNet.LowQuality, Input("input.control", new Shape(2, 4, 64, 64)));
        plan.SetInput(ControlledUNet.Timestep, [500, 500]);
        plan.SetInput(ControlledUNet.Context, goldens.Floats("text.crossattn"));
        plan.SetInput(ControlledUNet.Vector, goldens.Floats("text.vector"));
        foreach ((float scale, string golden) in new[] { (0.7f, "unet.out_scale_0.7"), (1f, "unet.out"), (1f, "unet.out") })
        {
            plan.SetInput(ControlledUNet.ControlScale, [scale]);
            plan.Run();
            Compare(report, $"{golden} in {type}", plan, ControlledUNet.Noise, goldens, golden, new Shape(2, 4, 64, 64), bound);
        }

        if (onlyResult)
        {
            return;
        }

        // Stored thinned out: every n-th channel, row and column.
        Compare(report, $"control.0 in {type}", plan, "control.0", goldens, "control.0", new Shape(2, 320, 64, 64), bound, 1, 8);
        Compare(report, $"control.4 in {type}", plan, "control.4", goldens, "control.4", new Shape(2, 640, 32, 32), bound, 8, 4);
        Compare(report, $"control.9 in {type}", plan, "control.9", goldens, "control.9", new Shape(2, 1280, 16, 16), bound, 8, 1);
    }

    private static void MiniNetwork(Report report, CudaBackend cuda, DType type, double bound)
    {
        GoldenTensors goldens = GoldenTensors.Open("mini.safetensors");
        Shape shape = goldens.ShapeOf("unet.x");
        ControlledUNet network = new(OpenMini(), MiniSizes.UNet, MiniSizes.UNet);
        using CudaPlan plan = cuda.Compile(network.Describe(shape[0], shape[2], shape[3], goldens.ShapeOf("cond.crossattn")[1]), PlanOptions.In(type));
        float[] lowQuality = Layout.ChannelsLast(goldens.Floats("latent"), goldens.ShapeOf("latent"));
        plan.Poison();
        plan.SetInput(ControlledUNet.LowQuality, [.. lowQuality, .. lowQuality]);
        plan.SetInput(ControlledUNet.Context, [.. goldens.Floats("uncond.crossattn"), .. goldens.Floats("cond.crossattn")]);
        plan.SetInput(ControlledUNet.Vector, [.. goldens.Floats("uncond.vector"), .. goldens.Floats("cond.vector")]);
        plan.SetInput(ControlledUNet.Latent, Layout.ChannelsLast(goldens.Floats("unet.x"), shape));
        plan.SetInput(ControlledUNet.Timestep, [500, 500]);
        foreach ((string name, float scale) in new[] { ("1.0", 1f), ("0.7", 0.7f), ("0.0", 0f) })
        {
            plan.SetInput(ControlledUNet.ControlScale, [scale]);
            plan.Run();
            Compare(report, $"mini unet.out.scale{name} in {type}", plan, ControlledUNet.Noise, goldens, $"unet.out.scale{name}", shape, bound);
        }
    }

    private static void MiniAutoencoder(Report report, CudaBackend cuda, DType type, double bound)
    {
        GoldenTensors goldens = GoldenTensors.Open("mini.safetensors");
        Autoencoder vae = new(OpenMini(), MiniSizes.Vae);
        foreach ((string image, string moments, bool denoise) in new[] { ("image", "vae.denoise_moments", true), ("stage1", "vae.moments", false) })
        {
            Shape shape = goldens.ShapeOf(image);
            using CudaPlan encoder = cuda.Compile(vae.DescribeEncoding(shape[0], shape[2], shape[3], denoise), PlanOptions.In(type));
            encoder.Poison();
            encoder.SetInput(Autoencoder.Image, Layout.ChannelsLast(goldens.Floats(image), shape));
            encoder.Run();
            Compare(report, $"mini {moments} in {type}", encoder, Autoencoder.Moments, goldens, moments, goldens.ShapeOf(moments), bound);
        }

        Shape latent = goldens.ShapeOf("latent");
        using CudaPlan decoder = cuda.Compile(vae.DescribeDecoding(latent[0], latent[2], latent[3]), PlanOptions.In(type));
        decoder.Poison();
        decoder.SetInput(Autoencoder.Latent, Array.ConvertAll(Layout.ChannelsLast(goldens.Floats("latent"), latent), x => x / (float)MiniSizes.Vae.ScaleFactor));
        decoder.Run();
        Compare(report, $"mini stage1 in {type}", decoder, Autoencoder.Image, goldens, "stage1", goldens.ShapeOf("stage1"), bound);
    }

    private static WeightReader OpenMini() => new(SyntheticSource.Open(Golden.PathOf("mini.manifest.json")));

    /// <summary>A synthetic tensor, channels last.</summary>
    public static float[] Input(string name, Shape shape)
    {
        float[] elements = new float[shape.ElementCount];
        SyntheticTensor.Fill(name, shape, elements);
        return Layout.ChannelsLast(elements, shape);
    }

    private static double Error(float[] expected, CudaPlan plan, string output)
    {
        float[] actual = new float[expected.Length];
        Array.Fill(actual, float.NaN);
        plan.GetOutput(output, actual);
        return Closeness.RelativeL2(expected, actual);
    }

    private static void Compare(
        Report report, string what, CudaPlan plan, string output, GoldenTensors goldens, string golden, Shape shape, double bound, int channelStep = 1, int placeStep = 1)
    {
        float[] elements = new float[shape.ElementCount];
        Array.Fill(elements, float.NaN);
        plan.GetOutput(output, elements);
        float[] all = Layout.ChannelsFirst(elements, shape);
        List<float> kept = [];
        for (int n = 0; n < shape[0]; n++)
        {
            for (int c = 0; c < shape[1]; c += channelStep)
            {
                for (int y = 0; y < shape[2]; y += placeStep)
                {
                    for (int x = 0; x < shape[3]; x += placeStep)
                    {
                        kept.Add(all[(((((n * shape[1]) + c) * shape[2]) + y) * shape[3]) + x]);
                    }
                }
            }
        }

        report.Check(what, Closeness.RelativeL2(goldens.Floats(golden), [.. kept]), bound);
    }
}

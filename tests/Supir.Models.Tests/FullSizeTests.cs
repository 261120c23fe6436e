using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Models.Control;
using Supir.Models.TextEncoders;
using Supir.Models.Tokenizers;
using Supir.Models.UNet;
using Supir.Models.Vae;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests;

/// <summary>The networks at the size of SDXL and SUPIR, 4.8 G parameters, against the reference's outputs. Takes minutes and up to 10 GB of memory.</summary>
[Trait("Category", "Full")]
public sealed class FullSizeTests
{
    /// <summary>The reference ran in fp32 on a GPU: another order of summation over a hundred layers.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>What rounding all large weights to 8 bits may cost.</summary>
    private const double EightBitTolerance = 1e-2;

    private const int FirstHiddenState = 11;
    private const string Positive = "An old photograph of a fisherman mending nets, 1932. Highly detailed.";
    private const string Negative = "blurry, low quality, jpeg artifacts";

    private static GoldenTensors Goldens => GoldenTensors.Open("full.safetensors");

    [Fact]
    public void Text_towers_agree_with_the_reference()
    {
        using CpuBackend backend = new();
        TextConditioner text = new(OpenWeights(), FirstHiddenState);
        Graph graph = text.Describe(2, ClipTokenizer.ContextLength);
        using CpuPlan plan = backend.Compile(graph);
        string[] texts = [Negative, Positive];
        int[][] ids = Array.ConvertAll(texts, one => ClipTokenizer.OpenClip.EncodePadded(one));
        plan.SetInput(TextConditioner.FirstIds, [.. texts.SelectMany(one => ClipTokenizer.HuggingFace.EncodePadded(one)).Select(id => (float)id)]);
        plan.SetInput(TextConditioner.SecondIds, [.. ids.SelectMany(one => one).Select(id => (float)id)]);
        plan.SetInput(TextConditioner.End, [.. ids.Select(one => (float)Array.IndexOf(one, ClipTokenizer.EndToken))]);
        plan.SetInput(TextConditioner.Sizes, [.. TextConditioner.DefaultSizes, .. TextConditioner.DefaultSizes]);
        plan.Run();

        float[] context = Goldens.Floats("text.crossattn");
        float[] vector = Goldens.Floats("text.vector");
        Assertions.Close(context, plan.Read(TextConditioner.Context, context.Length), relative: Tolerance);
        Assertions.Close(vector, plan.Read(TextConditioner.Vector, vector.Length), relative: Tolerance);
    }

    [Theory]
    [InlineData(true, "vae.denoise_moments")]
    [InlineData(false, "vae.moments")]
    public void Encoders_agree_with_the_reference(bool denoise, string golden)
    {
        using CpuBackend backend = new();
        using CpuPlan plan = backend.Compile(new Autoencoder(OpenWeights(), VaeConfig.Sdxl).DescribeEncoding(1, 512, 512, denoise));
        plan.SetInput(Autoencoder.Image, Input("input.image", new Shape(1, 3, 512, 512)));
        plan.Run();
        RequireClose(golden, plan.Read(Autoencoder.Moments, 64 * 64 * 8), new Shape(1, 8, 64, 64));
    }

    [Fact]
    public void The_decoder_agrees_with_the_reference()
    {
        using CpuBackend backend = new();
        using CpuPlan plan = backend.Compile(new Autoencoder(OpenWeights(), VaeConfig.Sdxl).DescribeDecoding(1, 32, 32));
        plan.SetInput(Autoencoder.Latent, Input("input.latent", new Shape(1, 4, 32, 32)));
        plan.Run();
        RequireClose("vae.decoded", plan.Read(Autoencoder.Image, 256 * 256 * 3), new Shape(1, 3, 256, 256));
    }

    [Theory]
    [InlineData(WeightPrecision.AsStored, Tolerance)]
    [InlineData(WeightPrecision.EightBit, EightBitTolerance)]
    public void Control_and_UNet_agree_with_the_reference(WeightPrecision precision, double tolerance)
    {
        using CpuBackend backend = new();
        ControlledUNet diffusion = new(OpenWeights(), UNetConfig.SdxlBase, UNetConfig.SdxlBase);
        using CpuPlan plan = backend.Compile(diffusion.Describe(2, 64, 64, ClipTokenizer.ContextLength, showControl: true), new PlanOptions { Weights = precision });
        plan.SetInput(ControlledUNet.Latent, Input("input.x", new Shape(2, 4, 64, 64)));
        plan.SetInput(ControlledUNet.LowQuality, Input("input.control", new Shape(2, 4, 64, 64)));
        plan.SetInput(ControlledUNet.Timestep, [500, 500]);
        plan.SetInput(ControlledUNet.Context, Goldens.Floats("text.crossattn"));
        plan.SetInput(ControlledUNet.Vector, Goldens.Floats("text.vector"));
        foreach ((float scale, string golden) in new[] { (1f, "unet.out"), (0.7f, "unet.out_scale_0.7") })
        {
            plan.SetInput(ControlledUNet.ControlScale, [scale]);
            plan.Run();
            RequireClose(golden, plan.Read(ControlledUNet.Noise, 2 * 64 * 64 * 4), new Shape(2, 4, 64, 64), tolerance: tolerance);
        }

        // Stored thinned out: every n-th channel, row and column.
        RequireClose("control.0", plan.Read("control.0", 2 * 64 * 64 * 320), new Shape(2, 320, 64, 64), 1, 8, tolerance);
        RequireClose("control.4", plan.Read("control.4", 2 * 32 * 32 * 640), new Shape(2, 640, 32, 32), 8, 4, tolerance);
        RequireClose("control.9", plan.Read("control.9", 2 * 16 * 16 * 1280), new Shape(2, 1280, 16, 16), 8, 1, tolerance);
    }

    private static WeightReader OpenWeights() => new(SyntheticSource.Open(Golden.PathOf("full.manifest.json")));

    private static float[] Input(string name, Shape shape)
    {
        float[] elements = new float[shape.ElementCount];
        SyntheticTensor.Fill(name, shape, elements);
        return Layout.ChannelsLast(elements, shape);
    }

    private static void RequireClose(string golden, float[] channelsLast, Shape shape, int channelStep = 1, int placeStep = 1, double tolerance = Tolerance)
    {
        float[] all = Layout.ChannelsFirst(channelsLast, shape);
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

        Assertions.Close(Goldens.Floats(golden), [.. kept], relative: tolerance);
    }
}

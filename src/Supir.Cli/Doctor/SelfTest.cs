using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Random;
using Supir.Models.TextEncoders;
using Supir.Models.Tokenizers;
using Supir.Models.Vae;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Sampling;

namespace Supir.Cli.Doctor;

/// <summary>Computes on this machine what the Python program computed on another, and compares.</summary>
internal static class SelfTest
{
    /// <summary>A formula in single precision; the last place may differ.</summary>
    private const double FormulaTolerance = 1e-6;

    /// <summary>A network: the same arithmetic in another order of summation.</summary>
    private const double NetworkTolerance = 1e-4;

    private const ulong Seed = 1234;

    /// <summary>The text towers' depth at which the first one is read, in the model of the goldens.</summary>
    private const int FirstHiddenState = 1;

    /// <summary>The autoencoder of the goldens' model: tests/goldens/README.md, "Sizes of the mini model".</summary>
    private static readonly VaeConfig GoldenVae = new()
    {
        Channels = 32,
        ChannelMultipliers = [1, 2, 4, 4],
        ResidualBlocks = 2,
        LatentChannels = 16,
        EmbedChannels = 16,
        ScaleFactor = 0.5,
    };

    /// <summary>Runs every test; a failed one does not stop the others.</summary>
    public static IReadOnlyList<Finding> Run()
    {
        try
        {
            using ReferenceResults results = new();
            using CpuBackend backend = new();
            return
            [
                Finding.Of("tokens", () => Tokens(results)),
                Finding.Of("random numbers", () => RandomNumbers(results)),
                Finding.Of("noise levels", () => NoiseLevels(results)),
                Finding.Of("text encoders", () => TextEncoders(results, backend)),
                Finding.Of("decoder", () => Decoder(results, backend)),
                Finding.Of("picture files", PictureFiles),
            ];
        }
        catch (Checkpoints.CheckpointException exception)
        {
            return [new Finding("self-test", false, exception.Message)];
        }
    }

    private static string Tokens(ReferenceResults results)
    {
        float[] actual = Array.ConvertAll(ClipTokenizer.HuggingFace.EncodePadded(results.Text), id => (float)id);
        return ReferenceResults.Compare(results.Numbers("tokens"), actual, tolerance: 0);
    }

    private static string RandomNumbers(ReferenceResults results)
    {
        Compare("random.cpu", new TorchCpuGenerator(Seed));
        return Compare("random.cuda", new TorchCudaGenerator(Seed));

        string Compare(string name, INoiseGenerator generator)
        {
            float[] expected = results.Numbers(name);
            float[] actual = new float[expected.Length];
            generator.Normal(actual);
            return ReferenceResults.Compare(expected, actual, FormulaTolerance);
        }
    }

    private static string NoiseLevels(ReferenceResults results)
    {
        float[] expected = results.Numbers("sigmas");
        float[] actual = new LegacyDdpmDiscretization(DdpmScheduleOptions.StableDiffusion).Sigmas(expected.Length - 1);
        return ReferenceResults.Compare(expected, actual, FormulaTolerance);
    }

    private static string TextEncoders(ReferenceResults results, CpuBackend backend)
    {
        TextConditioner conditioner = new(results.OpenWeights(), FirstHiddenState);
        string prompt = results.Caption + DefaultPrompts.Positive;
        int[] ids = ClipTokenizer.OpenClip.EncodePadded(prompt);
        using CpuPlan plan = backend.Compile(conditioner.Describe(batch: 1, ClipTokenizer.ContextLength));
        plan.SetInput(TextConditioner.FirstIds, Array.ConvertAll(ClipTokenizer.HuggingFace.EncodePadded(prompt), id => (float)id));
        plan.SetInput(TextConditioner.SecondIds, Array.ConvertAll(ids, id => (float)id));
        plan.SetInput(TextConditioner.End, [Array.IndexOf(ids, ClipTokenizer.EndToken)]);
        plan.SetInput(TextConditioner.Sizes, [.. TextConditioner.DefaultSizes]);
        plan.Run();

        Compare(TextConditioner.Vector, "condition.vector");
        return Compare(TextConditioner.Context, "condition.tokens");

        string Compare(string output, string name)
        {
            float[] expected = results.Numbers(name);
            float[] actual = new float[expected.Length];
            plan.GetOutput(output, actual);
            return ReferenceResults.Compare(expected, actual, NetworkTolerance);
        }
    }

    private static string Decoder(ReferenceResults results, CpuBackend backend)
    {
        Shape latent = results.ShapeOf("latent");
        Shape samples = results.ShapeOf("picture");
        int height = latent[2] * GoldenVae.Downsampling;
        int width = latent[3] * GoldenVae.Downsampling;
        float[] picture = new float[height * width * GoldenVae.OutChannels];
        float[] unscaled = Array.ConvertAll(results.Numbers("latent"), x => x / (float)GoldenVae.ScaleFactor);
        Autoencoder vae = new(results.OpenWeights(), GoldenVae);
        using CpuPlan plan = backend.Compile(vae.DescribeDecoding(latent[0], latent[2], latent[3]));
        plan.SetInput(Autoencoder.Latent, ChannelsLast(unscaled, latent));
        plan.Run();
        plan.GetOutput(Autoencoder.Image, picture);

        // Of the picture every so many pixels of every so many rows are kept.
        int stride = height / samples[2];
        float[] actual = new float[samples.ElementCount];
        for (int i = 0; i < actual.Length; i++)
        {
            int y = i / GoldenVae.OutChannels / samples[3] * stride;
            int x = i / GoldenVae.OutChannels % samples[3] * stride;
            actual[i] = picture[(((y * width) + x) * GoldenVae.OutChannels) + (i % GoldenVae.OutChannels)];
        }

        return ReferenceResults.Compare(ChannelsLast(results.Numbers("picture"), samples), actual, NetworkTolerance);
    }

    private static string PictureFiles()
    {
        const int Side = 8;
        byte[] pixels = [.. Enumerable.Range(0, Side * Side * Picture.Channels).Select(i => (byte)i)];
        Picture picture = new(Side, Side, pixels);
        Picture back = PictureFile.Decode(PictureFile.Encode(picture, PictureFormat.Png), "self-test.png");
        return back.Pixels.SequenceEqual(pixels)
            ? "written and read back unchanged"
            : throw new InvalidOperationException("a PNG that was written comes back with other pixels");
    }

    /// <summary>[N, C, H, W] → [N, H, W, C] for N = 1.</summary>
    private static float[] ChannelsLast(float[] numbers, Shape shape)
    {
        int channels = shape[1];
        int pixels = shape[2] * shape[3];
        float[] result = new float[numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            result[(i % pixels * channels) + (i / pixels)] = numbers[i];
        }

        return result;
    }
}

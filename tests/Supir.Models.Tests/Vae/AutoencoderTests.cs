using Supir.Engine;
using Supir.Models.Vae;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests.Vae;

public sealed class AutoencoderTests
{
    public static TheoryData<string> BackendNames => Backends.Names;

    [Theory, MemberData(nameof(BackendNames))]
    public void The_denoising_encoder_gives_the_golden_moments(string backend) =>
        AssertEncodes(backend, "image", "vae.denoise_moments", denoise: true);

    [Theory, MemberData(nameof(BackendNames))]
    public void The_plain_encoder_gives_the_golden_moments(string backend) =>
        AssertEncodes(backend, "stage1", "vae.moments", denoise: false);

    [Theory, MemberData(nameof(BackendNames))]
    public void The_decoder_gives_the_golden_stage_1_picture(string backend)
    {
        float[] expected = MiniModel.ChannelsLast("stage1");
        float[] latent = MiniModel.ChannelsLast("latent");
        for (int i = 0; i < latent.Length; i++)
        {
            latent[i] /= (float)MiniSizes.Vae.ScaleFactor;
        }

        Shape shape = MiniModel.Goldens.ShapeOf("latent");
        Autoencoder vae = new(MiniModel.OpenWeights(), MiniSizes.Vae);
        using IBackend engine = Backends.Create(backend);
        using IPlan plan = engine.Compile(vae.DescribeDecoding(shape[0], shape[2], shape[3]));
        plan.SetInput(Autoencoder.Latent, latent);
        plan.Run();

        Assertions.Close(expected, plan.Read(Autoencoder.Image, expected.Length), MiniModel.Tolerance);
    }

    private static void AssertEncodes(string backend, string image, string moments, bool denoise)
    {
        float[] expected = MiniModel.ChannelsLast(moments);
        Shape shape = MiniModel.Goldens.ShapeOf(image);
        Autoencoder vae = new(MiniModel.OpenWeights(), MiniSizes.Vae);
        using IBackend engine = Backends.Create(backend);
        using IPlan plan = engine.Compile(vae.DescribeEncoding(shape[0], shape[2], shape[3], denoise));
        plan.SetInput(Autoencoder.Image, MiniModel.ChannelsLast(image));
        plan.Run();

        Assertions.Close(expected, plan.Read(Autoencoder.Moments, expected.Length), MiniModel.Tolerance);
    }
}

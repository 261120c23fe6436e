using Supir.Engine;
using Supir.Models.Control;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests.Control;

public sealed class ControlledUNetTests
{
    private const int Timestep = 500;

    public static TheoryData<string> BackendNames => Backends.Names;

    [Theory, MemberData(nameof(BackendNames))]
    public void The_networks_give_the_golden_features_and_noise_at_every_control_scale(string backend)
    {
        GoldenTensors goldens = MiniModel.Goldens;
        Shape shape = goldens.ShapeOf("unet.x");
        ControlledUNet network = new(MiniModel.OpenWeights(), MiniSizes.UNet, MiniSizes.UNet);
        using IBackend engine = Backends.Create(backend);
        using IPlan plan = engine.Compile(
            network.Describe(shape[0], shape[2], shape[3], goldens.ShapeOf("cond.crossattn")[1], showControl: true));

        float[] lowQuality = MiniModel.ChannelsLast("latent");
        plan.SetInput(ControlledUNet.LowQuality, [.. lowQuality, .. lowQuality]);
        plan.SetInput(ControlledUNet.Context, [.. goldens.Floats("uncond.crossattn"), .. goldens.Floats("cond.crossattn")]);
        plan.SetInput(ControlledUNet.Vector, [.. goldens.Floats("uncond.vector"), .. goldens.Floats("cond.vector")]);
        plan.SetInput(ControlledUNet.Latent, MiniModel.ChannelsLast("unet.x"));
        plan.SetInput(ControlledUNet.Timestep, [Timestep, Timestep]);

        foreach (string scale in (string[])["1.0", "0.7", "0.0"])
        {
            plan.SetInput(ControlledUNet.ControlScale, [float.Parse(scale, System.Globalization.CultureInfo.InvariantCulture)]);
            plan.Run();
            float[] noise = MiniModel.ChannelsLast($"unet.out.scale{scale}");
            Assertions.Close(noise, plan.Read(ControlledUNet.Noise, noise.Length), MiniModel.Tolerance);
        }

        for (int i = 0; i < 10; i++)
        {
            float[] feature = MiniModel.ChannelsLast($"control.{i}");
            Assertions.Close(feature, plan.Read(ControlledUNet.ControlFeature(i), feature.Length), MiniModel.Tolerance);
        }
    }
}

using Supir.Engine;
using Supir.Testing;
using Xunit;

namespace Supir.Checkpoints.Tests.Testing;

public sealed class GoldenTensorsTests
{
    [Fact]
    public void Goldens_are_read_by_name_in_the_type_they_have()
    {
        GoldenTensors mini = GoldenTensors.Open("mini.safetensors");

        Assert.Equal(new Shape(1, 16, 32, 32), mini.ShapeOf("latent"));
        Assert.Equal(16 * 32 * 32, mini.Floats("latent").Length);
        Assert.Equal([96, 96], mini.Integers("load.96x96.up1.min256.size"));
        Assert.Equal(96 * 96 * 3, mini.Bytes("load.96x96.up1.min256.in").Length);
        Assert.Equal([6, 1, 16, 32, 32], mini.LengthsOf("edm.eps"));
        Assert.Contains("restored", mini.Names);
    }

    [Fact]
    public void The_denoiser_schedule_falls_from_the_first_sigma_to_zero()
    {
        float[] sigmas = GoldenTensors.Open("mini.safetensors").Floats("sigmas.50");

        Assert.Equal(14.6146f, sigmas[0], 1e-4f);
        Assert.Equal(0f, sigmas[^1]);
    }

    [Fact]
    public void A_caller_may_change_what_it_was_given()
    {
        GoldenTensors mini = GoldenTensors.Open("mini.safetensors");
        mini.Floats("sigmas.8")[0] = -1;
        Assert.NotEqual(-1, mini.Floats("sigmas.8")[0]);
    }

    [Fact]
    public void A_wrong_name_or_type_is_named()
    {
        GoldenTensors mini = GoldenTensors.Open("mini.safetensors");

        Assert.Contains("'latents'", Assert.Throws<ArgumentException>(() => mini.Floats("latents")).Message, StringComparison.Ordinal);
        Assert.Contains("U8, not F32", Assert.Throws<ArgumentException>(() => mini.Floats("demo.50x30.up1.in")).Message, StringComparison.Ordinal);
    }
}

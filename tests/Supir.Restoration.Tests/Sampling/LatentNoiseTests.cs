using Supir.Engine;
using Supir.Engine.Random;
using Supir.Restoration.Sampling;
using Xunit;

namespace Supir.Restoration.Tests.Sampling;

public class LatentNoiseTests
{
    [Fact]
    public void A_draw_in_torchs_order_comes_out_with_channels_last()
    {
        LatentNoise noise = new(new Counting(), new Shape(2, 1, 2, 3));
        float[] latent = new float[12];

        noise.Draw(latent);

        // Picture 0 was drawn as channels (0 1) (2 3) (4 5) of two places each.
        Assert.Equal([0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11], latent);
    }

    [Fact]
    public void The_format_is_passed_on()
    {
        Counting generator = new();

        new LatentNoise(generator, new Shape(1, 1, 1, 1)).Draw(new float[1], DType.BFloat16);

        Assert.Equal(DType.BFloat16, generator.LastType);
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new LatentNoise(new Counting(), new Shape(2, 3)));
        Assert.Throws<ArgumentException>(() => new LatentNoise(new Counting(), new Shape(1, 2, 2, 4)).Draw(new float[15]));
    }

    private sealed class Counting : INoiseGenerator
    {
        public DType? LastType { get; private set; }

        public void Normal(Span<float> destination, DType type = DType.Float32)
        {
            LastType = type;
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = i;
            }
        }
    }
}

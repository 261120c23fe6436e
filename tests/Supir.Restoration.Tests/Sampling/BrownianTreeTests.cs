using Supir.Restoration.Sampling;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Sampling;

public class BrownianTreeTests
{
    private const int Length = 4096;

    [Fact]
    public void Noise_of_short_stretches_adds_up_to_that_of_a_long_one()
    {
        float[] whole = Increment(7, 9, 1);
        float[] upper = Increment(7, 9, 4);
        float[] lower = Increment(7, 4, 1);

        Assertions.Close(whole, [.. upper.Zip(lower, (a, b) => a + b)], absolute: 1e-5);
    }

    [Theory]
    [InlineData(14.6f, 9.7f)]
    [InlineData(3.1f, 2.9f)]
    [InlineData(0.5f, 0.4f)]
    public void Noise_is_normal_and_of_no_relation_to_that_of_other_stretches(float sigma, float next)
    {
        float[] noise = Draw(1234, sigma, next);
        float[] other = Draw(1234, next, next / 2);

        double[] products = [.. noise.Zip(other, (a, b) => (double)a * b)];
        Assert.Equal(0, noise.Average(), 0.06);
        Assert.Equal(1, noise.Average(x => (double)x * x), 0.1);
        Assert.Equal(3, noise.Average(x => Math.Pow(x, 4)), 0.5);
        Assert.Equal(0, products.Average(), 0.06);
    }

    [Fact]
    public void It_follows_from_the_seed()
    {
        Assert.Equal(Draw(5, 3, 2), Draw(5, 3, 2));
        Assert.NotEqual(Draw(5, 3, 2), Draw(6, 3, 2));
    }

    private static float[] Increment(long seed, float sigma, float next) =>
        Array.ConvertAll(Draw(seed, sigma, next), x => x * MathF.Sqrt(Math.Abs(sigma - next)));

    private static float[] Draw(long seed, float sigma, float next)
    {
        float[] noise = new float[Length];
        new BrownianTree(seed, 0.03, 14.6146, Length).Draw(sigma, next, noise);
        return noise;
    }
}

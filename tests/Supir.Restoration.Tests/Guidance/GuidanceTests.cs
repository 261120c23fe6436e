using Supir.Restoration.Guidance;
using Supir.Restoration.Sampling;
using Xunit;

namespace Supir.Restoration.Tests.Guidance;

public class GuidanceTests
{
    [Fact]
    public void The_scale_goes_in_a_straight_line_between_its_ends_and_beyond()
    {
        LinearGuidance guidance = new(AtNoNoise: 4, AtMostNoise: 1);

        Assert.Equal(4f, guidance.At(0, SigmaRounding.None));
        Assert.Equal(2.5f, guidance.At(14.6146f / 2, SigmaRounding.None));
        Assert.Equal(1f, guidance.At(14.6146f, SigmaRounding.None));
        Assert.Equal(0.7f, guidance.At(14.6146f * 1.1f, SigmaRounding.None), 1e-6f);
    }

    [Fact]
    public void Equal_ends_give_exactly_that_scale()
    {
        foreach (float sigma in new[] { 0f, 0.0292f, 3.3f, 14.6146f, 16f })
        {
            Assert.Equal(1f, new LinearGuidance(1, 1).At(sigma, SigmaRounding.None));
            Assert.Equal(0.9f, new LinearControlScale(0.9, 0.9).At(sigma));
        }
    }

    [Fact]
    public void The_control_scale_goes_in_a_straight_line()
    {
        LinearControlScale scale = new(AtNoNoise: 1, AtMostNoise: 0.2);

        Assert.Equal(1f, scale.At(0));
        Assert.Equal(0.6f, scale.At(7.3073f), 1e-6f);
        Assert.Equal(0.2f, scale.At(14.6146f), 1e-6f);
    }

    [Fact]
    public void Rounding_meets_every_intermediate_result_of_the_scale()
    {
        // In bfloat16 (8 bits): -3 · 7.3 = -21.9 → -21.875; / 14.6146 = -1.49679 → -1.5; + 4 = 2.5.
        Assert.Equal(2.5f, new LinearGuidance(4, 1).At(7.3f, SigmaRounding.BFloat16));
        Assert.NotEqual(2.5f, new LinearGuidance(4, 1).At(7.3f, SigmaRounding.None));
    }

    [Fact]
    public void Mixing_goes_beyond_the_conditional_prediction()
    {
        float[] conditional = [1, 2, -3];

        ClassifierFreeGuidance.Mix([0, 2, 1], conditional, 4);

        Assert.Equal([4, 2, -15], conditional);
    }

    [Fact]
    public void Halves_of_different_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ClassifierFreeGuidance.Mix([0, 2], new float[3], 4));
    }
}

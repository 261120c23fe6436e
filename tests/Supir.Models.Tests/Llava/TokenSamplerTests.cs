using Supir.Models.Llava;
using Xunit;

namespace Supir.Models.Tests.Llava;

public sealed class TokenSamplerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(63)]
    [InlineData(1000)]
    [InlineData(32064)]
    public void Draws_are_those_of_the_fifty_likeliest_as_a_plain_sort_finds_them(int tokens)
    {
        const double Temperature = 0.7, TopP = 0.9;
        Random random = new(tokens);
        TokenSampler sampler = new(new SamplingOptions(Temperature, TopP, Seed: 5));
        Random draws = new(5);
        for (int draw = 0; draw < 40; draw++)
        {
            // Half precision's few different numbers: many are alike.
            float[] logits = [.. Enumerable.Range(0, tokens).Select(_ => (float)(Half)((random.NextSingle() * 4) - 2) * (draw % 2))];

            int[] ids = [.. Enumerable.Range(0, tokens).OrderByDescending(id => logits[id]).ThenBy(id => id).Take(50)];
            double[] weights = [.. ids.Select(id => Math.Exp((logits[id] - logits[ids[0]]) / Temperature))];
            int kept = 1;
            while (kept < ids.Length && weights.Take(kept).Sum() < TopP * weights.Sum())
            {
                kept++;
            }

            double place = draws.NextDouble() * weights.Take(kept).Sum();
            int expected = 0;
            while (expected < kept - 1 && place >= weights[expected])
            {
                place -= weights[expected++];
            }

            Assert.Equal(ids[expected], sampler.Choose(logits));
        }
    }

    [Fact]
    public void The_greedy_choice_is_the_first_of_the_likeliest_and_survives_what_is_no_number()
    {
        float[] logits = new float[200];
        logits[70] = logits[130] = 2;
        logits[0] = float.NaN;
        Assert.Equal(70, new TokenSampler(SamplingOptions.Greedy).Choose(logits));

        Array.Fill(logits, float.NaN);
        Assert.Equal(0, new TokenSampler(new SamplingOptions()).Choose(logits));
    }
}

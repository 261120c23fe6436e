using System.Numerics;

namespace Supir.Models.Llava;

/// <summary>How the next token is chosen.</summary>
/// <param name="Temperature">By how much the differences of likelihood are divided; 0 always takes the likeliest token.</param>
/// <param name="TopP">Only the likeliest tokens that together have this probability can be drawn.</param>
/// <param name="Seed">The random numbers' seed.</param>
public sealed record SamplingOptions(double Temperature = 0.2, double TopP = 0.7, int Seed = 0)
{
    /// <summary>Always the likeliest token.</summary>
    public static SamplingOptions Greedy { get; } = new(Temperature: 0);
}

/// <summary>Chooses tokens: the likeliest, or one drawn from the likeliest few.</summary>
/// <remarks>In the order of Hugging Face's generation, on which the reference builds: temperature, the fifty likeliest, then top-p
/// (Holtzman et al. 2020, arXiv:1904.09751). The draws are not torch's.</remarks>
public sealed class TokenSampler(SamplingOptions options)
{
    /// <summary>Hugging Face's default, which the reference leaves as it is.</summary>
    private const int TopK = 50;

    private const int BlockTokens = 64;

    private readonly Random _random = new(options.Seed);

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">A number for each token.</param>
    public int Choose(ReadOnlySpan<float> logits)
    {
        float[] largest = LargestOfBlocks(logits);
        int best = FirstOf(logits, largest);
        if (options.Temperature <= 0)
        {
            return best;
        }

        (int[] ids, double[] weights) = Likeliest(logits, largest, logits[best]);
        if (ids.Length == 0)
        {
            return best; // nothing but numbers that are none
        }

        double total = weights.Sum();
        int kept = 0;
        double sum = 0;
        while (kept < weights.Length && (kept == 0 || sum < options.TopP * total))
        {
            sum += weights[kept++];
        }

        double place = _random.NextDouble() * sum;
        for (int i = 0; i < kept - 1; i++)
        {
            place -= weights[i];
            if (place < 0)
            {
                return ids[i];
            }
        }

        return ids[kept - 1];
    }

    /// <summary>The largest logit of every <see cref="BlockTokens"/>: a device waits while a token is chosen, and nearly all blocks can be left out.</summary>
    private static float[] LargestOfBlocks(ReadOnlySpan<float> logits)
    {
        float[] largest = new float[(logits.Length + BlockTokens - 1) / BlockTokens];
        for (int block = 0; block < largest.Length; block++)
        {
            ReadOnlySpan<float> rest = logits[(block * BlockTokens)..Math.Min(logits.Length, (block + 1) * BlockTokens)];
            Vector<float> most = new(float.NegativeInfinity);
            for (; rest.Length >= Vector<float>.Count; rest = rest[Vector<float>.Count..])
            {
                Vector<float> next = new(rest);
                most = Vector.ConditionalSelect(Vector.GreaterThan(next, most), next, most);
            }

            float all = float.NegativeInfinity;
            for (int i = 0; i < Vector<float>.Count; i++)
            {
                all = most[i] > all ? most[i] : all;
            }

            foreach (float logit in rest)
            {
                all = logit > all ? logit : all;
            }

            largest[block] = all;
        }

        return largest;
    }

    /// <summary>The first of the likeliest tokens.</summary>
    private static int FirstOf(ReadOnlySpan<float> logits, float[] largest)
    {
        int block = 0;
        for (int i = 1; i < largest.Length; i++)
        {
            block = largest[i] > largest[block] ? i : block;
        }

        return Math.Max(0, logits.IndexOf(largest[block]));
    }

    /// <summary>The fifty likeliest tokens and their probabilities but for a factor, the likeliest first; of equal ones the lower id.</summary>
    private (int[] Ids, double[] Weights) Likeliest(ReadOnlySpan<float> logits, float[] largestOfBlocks, float largest)
    {
        // Fifty blocks have a token each that is as likely as this: no less likely one is among the fifty.
        float[] sorted = [.. largestOfBlocks];
        Array.Sort(sorted);
        float least = sorted.Length >= TopK ? sorted[^TopK] : float.NegativeInfinity;
        List<(float NegativeLogit, int Id)> candidates = [];
        for (int block = 0; block < largestOfBlocks.Length; block++)
        {
            int end = largestOfBlocks[block] >= least ? Math.Min(logits.Length, (block + 1) * BlockTokens) : 0;
            for (int id = block * BlockTokens; id < end; id++)
            {
                if (logits[id] >= least)
                {
                    candidates.Add((-logits[id], id));
                }
            }
        }

        candidates.Sort();
        int[] ids = [.. candidates.Take(TopK).Select(candidate => candidate.Id)];
        double[] weights = new double[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            weights[i] = Math.Exp((logits[ids[i]] - largest) / options.Temperature);
        }

        return (ids, weights);
    }
}

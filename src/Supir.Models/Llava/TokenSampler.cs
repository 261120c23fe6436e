using System.Numerics;
using System.Runtime.CompilerServices;

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

    /// <summary>At least as many as <see cref="TopK"/>, and whole vectors.</summary>
    private const int Groups = 64;

    private readonly Random _random = new(options.Seed);

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">A number for each token.</param>
    public int Choose(ReadOnlySpan<float> logits)
    {
        float[] largest = LargestOfGroups(logits);
        Array.Sort(largest);
        int best = Math.Max(0, logits.IndexOf(largest[^1])); // no logit is a number: the first
        if (options.Temperature <= 0)
        {
            return best;
        }

        // Fifty groups have a token each that is as likely as that of the fiftieth: no less likely one is among the fifty.
        (int[] ids, double[] weights) = Likeliest(logits, largest[^TopK], logits[best]);
        if (ids.Length == 0)
        {
            return best;
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

    /// <summary>The largest logit of the tokens whose ids leave the same rest: a device waits while a token is chosen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a caption is over before the runtime would have optimized it
    private static float[] LargestOfGroups(ReadOnlySpan<float> logits)
    {
        float[] largest = new float[Groups];
        Array.Fill(largest, float.NegativeInfinity);
        for (; logits.Length >= Groups; logits = logits[Groups..])
        {
            for (int i = 0; i < Groups; i += Vector<float>.Count)
            {
                Vector<float> next = new(logits[i..]), most = new(largest, i);
                Vector.ConditionalSelect(Vector.GreaterThan(next, most), next, most).CopyTo(largest, i);
            }
        }

        for (int i = 0; i < logits.Length; i++)
        {
            largest[i] = logits[i] > largest[i] ? logits[i] : largest[i];
        }

        return largest;
    }

    /// <summary>The fifty likeliest of the tokens that are as likely as <paramref name="least"/>, and their probabilities but for a factor, the
    /// likeliest first; of equal ones the lower id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int[] Ids, double[] Weights) Likeliest(ReadOnlySpan<float> logits, float least, float largest)
    {
        List<ulong> candidates = [];
        int width = Vector<float>.Count;
        for (int start = 0; start < logits.Length; start += width)
        {
            int end = Math.Min(logits.Length, start + width);
            if (end - start < width || Vector.GreaterThanOrEqualAny(new Vector<float>(logits[start..]), new Vector<float>(least)))
            {
                for (int id = start; id < end; id++)
                {
                    if (logits[id] >= least)
                    {
                        candidates.Add(((ulong)Descending(logits[id]) << 32) | (uint)id);
                    }
                }
            }
        }

        candidates.Sort();
        int[] ids = new int[Math.Min(TopK, candidates.Count)];
        double[] weights = new double[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = (int)(uint)candidates[i];
            weights[i] = Math.Exp((logits[ids[i]] - largest) / options.Temperature);
        }

        return (ids, weights);
    }

    /// <summary>A number that is smaller the larger a logit is.</summary>
    private static uint Descending(float logit)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f); // one zero, not two
        return bits >> 31 != 0 ? bits : bits ^ 0x7fffffffu;
    }
}

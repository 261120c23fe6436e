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

    private readonly Random _random = new(options.Seed);

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">A number for each token.</param>
    public int Choose(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++)
        {
            best = logits[id] > logits[best] ? id : best;
        }

        if (options.Temperature <= 0)
        {
            return best;
        }

        (int[] ids, double[] weights) = Likeliest(logits, logits[best]);
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

    /// <summary>The fifty likeliest tokens and their probabilities but for a factor, the likeliest first; of equal ones the lower id.</summary>
    private (int[] Ids, double[] Weights) Likeliest(ReadOnlySpan<float> logits, float largest)
    {
        PriorityQueue<int, (float Logit, int NegativeId)> queue = new();
        float least = float.NegativeInfinity;
        for (int id = 0; id < logits.Length; id++)
        {
            if (queue.Count < TopK)
            {
                queue.Enqueue(id, (logits[id], -id));
                least = logits[queue.Peek()];
            }
            else if (logits[id] > least)
            {
                _ = queue.EnqueueDequeue(id, (logits[id], -id));
                least = logits[queue.Peek()];
            }
        }

        int[] ids = new int[queue.Count];
        for (int i = ids.Length - 1; i >= 0; i--)
        {
            ids[i] = queue.Dequeue();
        }

        double[] weights = new double[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            weights[i] = Math.Exp((logits[ids[i]] - largest) / options.Temperature);
        }

        return (ids, weights);
    }
}

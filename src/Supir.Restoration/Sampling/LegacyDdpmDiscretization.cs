using Supir.Restoration.Options;

namespace Supir.Restoration.Sampling;

/// <summary>The noise levels of a denoising diffusion model's training, and which of them a sampler of few steps visits.</summary>
/// <remarks>β_i = (√start + i · (√end − √start) / (N − 1))², ᾱ_i = Π (1 − β), σ_i = √((1 − ᾱ_i) / ᾱ_i).
/// Source: <c>LegacyDDPMDiscretization</c>, sgm/modules/diffusionmodules/discretizer.py (SUPIR @ bda91af);
/// Ho et al. 2020, "Denoising Diffusion Probabilistic Models", arXiv:2006.11239.</remarks>
public sealed class LegacyDdpmDiscretization
{
    private readonly double[] _alphasCumulativeProduct;

    /// <summary>Computes the schedule, in double precision.</summary>
    public LegacyDdpmDiscretization(DdpmScheduleOptions schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        int count = schedule.TrainingSteps;
        double start = Math.Sqrt(schedule.LinearStart);
        double end = Math.Sqrt(schedule.LinearEnd);
        double step = (end - start) / (count - 1);
        _alphasCumulativeProduct = new double[count];
        double product = 1;
        for (int i = 0; i < count; i++)
        {
            // torch.linspace counts from the nearer end.
            double root = i < count / 2 ? start + (step * i) : end - (step * (count - i - 1));
            product *= 1 - (root * root);
            _alphasCumulativeProduct[i] = product;
        }
    }

    /// <summary>The number of training steps.</summary>
    public int TrainingSteps => _alphasCumulativeProduct.Length;

    /// <summary>σ of every training step, rising: the denoiser's table.</summary>
    public float[] Table()
    {
        float[] table = new float[TrainingSteps];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = SigmaAt(i);
        }

        return table;
    }

    /// <summary>The sigmas of a run, falling, and a 0 at the end: one more than there are steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No steps, or more than training had.</exception>
    public float[] Sigmas(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, TrainingSteps);
        float[] sigmas = new float[steps + 1];

        // Evenly from the last training step towards, not onto, the first one; fractions are cut off. Only the full run meets all.
        int last = TrainingSteps - 1;
        double stride = (double)-last / steps;
        for (int i = 0; i < steps; i++)
        {
            int timestep = steps == TrainingSteps ? last - i : (int)((i * stride) + last);
            sigmas[i] = SigmaAt(timestep);
        }

        return sigmas;
    }

    private float SigmaAt(int timestep)
    {
        double alpha = _alphasCumulativeProduct[timestep];
        return MathF.Sqrt((float)((1 - alpha) / alpha));
    }
}

using Supir.Restoration.Sampling;

namespace Supir.Restoration.Tests.Sampling;

/// <summary>The sampler's formulas for one element, in double precision, written from the papers and the reference, not from its code.</summary>
internal static class ScalarEdm
{
    private const double SigmaMax = 14.6146;

    /// <summary>The element after all steps.</summary>
    /// <param name="parameters">As given to the sampler.</param>
    /// <param name="steps">How many.</param>
    /// <param name="start">The start noise's element.</param>
    /// <param name="center">The stage-1 latent's element.</param>
    /// <param name="placeInTorch">The element's index in torch's order, by which <see cref="WaveGenerator"/> is asked.</param>
    public static double Run(SamplerParameters parameters, int steps, double start, double center, int placeInTorch)
    {
        Func<double, double> round = parameters.Rounding == SigmaRounding.BFloat16 ? ToBFloat16 : value => value;
        double[] levels = TrainingLevels();
        double[] sigmas = [.. Enumerable.Range(0, steps).Select(i => levels[(int)(999 - (999.0 * i / steps))]), 0.0];
        double x = round(start * round(Math.Sqrt(1 + (sigmas[0] * sigmas[0]))));
        for (int step = 0; step < steps; step++)
        {
            (double sigma, double next) = (round(sigmas[step]), round(sigmas[step + 1]));
            double churned = round(sigma * (1 + Math.Min(parameters.Churn / steps, Math.Sqrt(2) - 1)));
            if (parameters.Churn > 0)
            {
                Func<double, double> roundLatent = step == 0 ? round : value => value;
                double amplitude = round(Math.Sqrt(round(round(churned * churned) - round(sigma * sigma))));
                double noise = roundLatent(parameters.NoiseMultiplier * roundLatent(WaveGenerator.At(step, placeInTorch)));
                x = roundLatent(x + roundLatent(noise * amplitude));
            }

            int timestep = Enumerable.Range(0, levels.Length).MinBy(i => Math.Abs(levels[i] - churned));
            double level = levels[timestep];
            double controlSlope = (parameters.ControlScale.AtMostNoise - parameters.ControlScale.AtNoNoise) / SigmaMax;
            double control = (controlSlope * sigma) + parameters.ControlScale.AtNoNoise;
            double scaled = x / Math.Sqrt((level * level) + 1);
            double unconditional = x - (level * WaveNetwork.Unconditional(scaled, timestep, control));
            double conditional = x - (level * WaveNetwork.Conditional(scaled, timestep, control));
            double slope = round(round((parameters.Guidance.AtMostNoise - parameters.Guidance.AtNoNoise) * churned) / SigmaMax);
            double denoised = unconditional + (round(slope + parameters.Guidance.AtNoNoise) * (conditional - unconditional));
            if (parameters.RestorationExponent is double exponent && next > 0.05)
            {
                denoised -= (denoised - center) * round(Math.Pow(round(sigma / SigmaMax), exponent));
            }

            x += round(next - churned) * (x - denoised) / churned;
        }

        return x;
    }

    private static double ToBFloat16(double value)
    {
        // 8 bits of significand, of two equally near numbers the even one.
        double unit = Math.ScaleB(1, value == 0 ? 0 : Math.ILogB(value) - 7);
        return Math.Round(value / unit, MidpointRounding.ToEven) * unit;
    }

    private static double[] TrainingLevels()
    {
        double[] levels = new double[1000];
        double product = 1;
        for (int i = 0; i < levels.Length; i++)
        {
            double root = Math.Sqrt(0.00085) + (i / 999.0 * (Math.Sqrt(0.0120) - Math.Sqrt(0.00085)));
            product *= 1 - (root * root);
            levels[i] = Math.Sqrt((1 - product) / product);
        }

        return levels;
    }
}

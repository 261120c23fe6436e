using Supir.Restoration.Sampling;

namespace Supir.Restoration.Tests.Sampling;

/// <summary>The other samplers' formulas for one element, in double precision, written from the papers and the reference, not from this
/// project's code.</summary>
/// <param name="parameters">As given to the sampler.</param>
/// <param name="sigmas">The noise levels.</param>
/// <param name="placeInTorch">The element's index in torch's order, by which <see cref="WaveGenerator"/> is asked.</param>
internal sealed class ScalarSamplers(SamplerParameters parameters, float[] sigmas, int placeInTorch)
{
    private static readonly float[] Levels = new DiscreteDenoiser(new LegacyDdpmDiscretization(Restoration.Options.DdpmScheduleOptions.StableDiffusion)).Levels.ToArray();

    public double Start(double noise) => noise * Math.Sqrt(1 + Math.Pow(sigmas[0], 2));

    public double Heun(double start)
    {
        double x = Start(start);
        int steps = sigmas.Length - 1;
        for (int i = 0; i < steps; i++)
        {
            double hat = sigmas[i] * (1 + Math.Min(parameters.Churn / steps, Math.Sqrt(2) - 1));
            x += Noise(i) * Math.Sqrt((hat * hat) - ((double)sigmas[i] * sigmas[i]));
            double slope = (x - Denoised(x, hat, sigmas[i])) / hat;
            double euler = x + ((sigmas[i + 1] - hat) * slope);
            double mean = sigmas[i + 1] == 0 ? slope : (slope + ((euler - Denoised(euler, sigmas[i + 1], sigmas[i + 1])) / sigmas[i + 1])) / 2;
            x += (sigmas[i + 1] - hat) * mean;
        }

        return x;
    }

    public double EulerAncestral(double start)
    {
        double x = Start(start);
        for (int i = 0; i < sigmas.Length - 1; i++)
        {
            (double down, double up) = Ancestral(sigmas[i], sigmas[i + 1]);
            x += (down - sigmas[i]) * (x - Denoised(x, sigmas[i], sigmas[i])) / sigmas[i];
            x += sigmas[i + 1] > 0 ? up * Noise(i) : 0;
        }

        return x;
    }

    public double Dpmpp2S(double start)
    {
        double x = Start(start);
        for (int i = 0; i < sigmas.Length - 1; i++)
        {
            (double down, double up) = Ancestral(sigmas[i], sigmas[i + 1]);
            double first = Denoised(x, sigmas[i], sigmas[i]);
            if (down == 0)
            {
                x = first;
                continue;
            }

            double t = -Math.Log(sigmas[i]);
            double h = -Math.Log(down) - t;
            double middle = Math.Exp(-(t + (0.5 * h)));
            double second = (middle / sigmas[i] * x) - ((Math.Exp(-0.5 * h) - 1) * first);
            x = (down / sigmas[i] * x) - ((Math.Exp(-h) - 1) * Denoised(second, middle, middle));
            x += up * Noise(i);
        }

        return x;
    }

    public double Dpmpp2M(double start, double eta)
    {
        double x = Start(start);
        double last = 0;
        int draws = 0;
        for (int i = 0; i < sigmas.Length - 1; i++)
        {
            double denoised = Denoised(x, sigmas[i], sigmas[i]);
            if (sigmas[i + 1] == 0)
            {
                return denoised;
            }

            double h = Math.Log(sigmas[i]) - Math.Log(sigmas[i + 1]);
            double direction = denoised;
            if (i > 0)
            {
                double r = (Math.Log(sigmas[i - 1]) - Math.Log(sigmas[i])) / h;
                direction = ((1 + (1 / (2 * r))) * denoised) - (1 / (2 * r) * last);
            }

            x = (sigmas[i + 1] / (double)sigmas[i] * Math.Exp(-eta * h) * x) - ((Math.Exp(-h - (eta * h)) - 1) * direction);
            if (eta > 0 && (i > 0 || parameters.NoiseInFirstStep))
            {
                x += Noise(draws++) * sigmas[i + 1] * Math.Sqrt(1 - Math.Exp(-2 * eta * h));
            }

            last = denoised;
        }

        return x;
    }

    public double LinearMultistep(double start)
    {
        double x = Start(start);
        List<double> slopes = [];
        for (int i = 0; i < sigmas.Length - 1; i++)
        {
            slopes.Insert(0, (x - Denoised(x, sigmas[i], sigmas[i])) / sigmas[i]);
            int order = Math.Min(i + 1, parameters.Order);
            for (int j = 0; j < order; j++)
            {
                x += slopes[j] * Integral(i, j, order);
            }
        }

        return x;
    }

    // Simpson's rule, exact for cubic polynomials.
    private double Integral(int i, int j, int order)
    {
        double Product(double tau) => Enumerable.Range(0, order).Where(k => k != j)
            .Aggregate(1.0, (product, k) => product * (tau - sigmas[i - k]) / ((double)sigmas[i - j] - sigmas[i - k]));
        double width = (double)sigmas[i + 1] - sigmas[i];
        return width / 6 * (Product(sigmas[i]) + (4 * Product(sigmas[i] + (width / 2))) + Product(sigmas[i + 1]));
    }

    private (double Down, double Up) Ancestral(double from, double to)
    {
        double up = Math.Min(to, parameters.Eta * Math.Sqrt(to * to * ((from * from) - (to * to)) / (from * from)));
        return (Math.Sqrt((to * to) - (up * up)), up);
    }

    private double Noise(int draw) => parameters.NoiseMultiplier * WaveGenerator.At(draw, placeInTorch);

    private double Denoised(double x, double sigma, double controlSigma)
    {
        int timestep = Enumerable.Range(0, Levels.Length).MinBy(i => Math.Abs(Levels[i] - (float)sigma));
        double level = Levels[timestep];
        double control = (controlSigma / 14.6146 * (parameters.ControlScale.AtMostNoise - parameters.ControlScale.AtNoNoise)) + parameters.ControlScale.AtNoNoise;
        double scale = (sigma / 14.6146 * (parameters.Guidance.AtMostNoise - parameters.Guidance.AtNoNoise)) + parameters.Guidance.AtNoNoise;
        double scaled = x / Math.Sqrt((level * level) + 1);
        double unconditional = x - (level * WaveNetwork.Unconditional(scaled, timestep, control));
        return unconditional + (scale * (x - (level * WaveNetwork.Conditional(scaled, timestep, control)) - unconditional));
    }
}

namespace Supir.Restoration.Sampling;

/// <summary>The numbers of one step of <see cref="Dpmpp2MSampler"/> that depend on its noise levels alone.</summary>
/// <param name="Sigma">σ.</param>
/// <param name="Next">σ'.</param>
/// <param name="OfLatent">σ' / σ · e^(−ηh).</param>
/// <param name="OfPrediction">1 − e^(−h − ηh).</param>
/// <param name="OfDenoised">1 + 1 / 2r.</param>
/// <param name="OfLast">1 / 2r; 0 where the last step's prediction is not read.</param>
/// <param name="OfNoise">√(1 − e^(−2ηh)), to be multiplied with σ'; 0 where no noise is put back.</param>
internal readonly record struct Dpmpp2MFactors(
    float Sigma, float Next, float OfLatent, float OfPrediction, float OfDenoised, float OfLast, float OfNoise)
{
    /// <summary>Computes them in single precision, each result rounded where the parameters say so.</summary>
    public static Dpmpp2MFactors Of(float? previous, float sigma, float next, SamplerParameters parameters)
    {
        Func<float, float> round = value => parameters.Rounding.Apply(value);
        sigma = round(sigma);
        next = round(next);
        if (next == 0)
        {
            return new Dpmpp2MFactors(sigma, next, OfLatent: 0, OfPrediction: 1, OfDenoised: 1, OfLast: 0, OfNoise: 0);
        }

        // torch goes by t = −ln σ and back by e^(−t), which shows once t is rounded.
        float t = -round(MathF.Log(sigma));
        float tNext = -round(MathF.Log(next));
        float h = round(tNext - t);
        float etaH = round((float)parameters.Eta * h);
        float ratio = round(round(MathF.Exp(-tNext)) / round(MathF.Exp(-t)));
        Dpmpp2MFactors first = new(
            sigma,
            next,
            OfLatent: round(ratio * round(MathF.Exp(-etaH))),
            OfPrediction: -round(ExponentialMinusOne(round(-h - etaH))),
            OfDenoised: 1,
            OfLast: 0,
            OfNoise: round(MathF.Sqrt(-round(ExponentialMinusOne(round(-2f * etaH))))));
        if (previous is not float before)
        {
            return first;
        }

        float hLast = round(t + round(MathF.Log(round(before))));
        float share = round(1f / round(2f * round(hLast / h)));
        return first with { OfDenoised = round(1f + share), OfLast = share };
    }

    private static float ExponentialMinusOne(float x) => (float)(Math.Exp(x) - 1);
}

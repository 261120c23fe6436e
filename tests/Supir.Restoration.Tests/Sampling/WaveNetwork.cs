using Supir.Restoration.Sampling;

namespace Supir.Restoration.Tests.Sampling;

/// <summary>Predicts smooth functions of its inputs, different ones with and without the caption.</summary>
internal sealed class WaveNetwork : INoisePredictor
{
    public int UnconditionalCalls { get; private set; }

    public static double Conditional(double latent, double timestep, double controlScale) =>
        (0.8 * latent) + (0.1 * controlScale * Math.Sin(timestep / 100));

    public static double Unconditional(double latent, double timestep, double controlScale) =>
        (0.7 * latent) - (0.05 * controlScale * Math.Cos(timestep / 70));

    public void Predict(
        ReadOnlySpan<float> latent,
        float timestep,
        float controlScale,
        Span<float> unconditional,
        Span<float> conditional,
        CancellationToken cancellationToken)
    {
        UnconditionalCalls += unconditional.IsEmpty ? 0 : 1;
        for (int i = 0; i < latent.Length; i++)
        {
            conditional[i] = (float)Conditional(latent[i], timestep, controlScale);
            if (!unconditional.IsEmpty)
            {
                unconditional[i] = (float)Unconditional(latent[i], timestep, controlScale);
            }
        }
    }
}

namespace Supir.Restoration.Sampling;

/// <summary>Turns a network that predicts noise at the levels of its training into one that removes noise of any level.</summary>
/// <remarks>denoised = c_skip · x + c_out · network(c_in · x, t), with c_skip = 1, c_out = −σ, c_in = 1 / √(σ² + 1), where σ is the
/// nearest level of training and t its index. The sampler's own arithmetic keeps the σ that it asked for.
/// Source: <c>DiscreteDenoiserWithControl</c> in sgm/modules/diffusionmodules/denoiser.py, <c>EpsScaling</c> in denoiser_scaling.py
/// (SUPIR @ bda91af).</remarks>
public sealed class DiscreteDenoiser
{
    private readonly float[] _levels;

    /// <summary>Takes the levels of training from a schedule.</summary>
    public DiscreteDenoiser(LegacyDdpmDiscretization schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _levels = schedule.Table();
    }

    /// <summary>σ of each level of training, rising.</summary>
    public ReadOnlySpan<float> Levels => _levels;

    /// <summary>The index of the level nearest to a σ; of two equally near ones the lower.</summary>
    public int NearestLevel(float sigma)
    {
        int nearest = 0;
        float least = float.PositiveInfinity;
        for (int i = 0; i < _levels.Length; i++)
        {
            float distance = MathF.Abs(sigma - _levels[i]);
            if (distance < least)
            {
                least = distance;
                nearest = i;
            }
        }

        return nearest;
    }

    /// <summary>Removes the noise, with the caption and, where asked for, without.</summary>
    /// <param name="network">The network.</param>
    /// <param name="latent">x, layout [1, H, W, C].</param>
    /// <param name="sigma">The noise level of x.</param>
    /// <param name="controlScale">The weight of the control features.</param>
    /// <param name="unconditional">Where the latent denoised for the negative prompt goes; empty if it is not needed.</param>
    /// <param name="conditional">Where the latent denoised for the caption goes.</param>
    /// <param name="cancellationToken">Passed to the network.</param>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public void Denoise(
        INoisePredictor network,
        ReadOnlySpan<float> latent,
        float sigma,
        float controlScale,
        Span<float> unconditional,
        Span<float> conditional,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(network);
        int level = NearestLevel(sigma);
        float levelSigma = _levels[level];
        float inputScale = 1f / MathF.Sqrt((levelSigma * levelSigma) + 1f);
        float[] scaled = new float[latent.Length];
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] = latent[i] * inputScale;
        }

        network.Predict(scaled, level, controlScale, unconditional, conditional, cancellationToken);
        RemoveNoise(latent, levelSigma, unconditional);
        RemoveNoise(latent, levelSigma, conditional);
    }

    private static void RemoveNoise(ReadOnlySpan<float> latent, float sigma, Span<float> prediction)
    {
        for (int i = 0; i < prediction.Length; i++)
        {
            prediction[i] = (prediction[i] * -sigma) + latent[i];
        }
    }
}

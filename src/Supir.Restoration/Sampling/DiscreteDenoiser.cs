using Supir.Restoration.Options;

namespace Supir.Restoration.Sampling;

/// <summary>Turns a network that was trained at a table of noise levels into one that removes noise of any level.</summary>
/// <remarks>denoised = c_skip · x + c_out · network(c_in · x, t), where <see cref="ScalingCoefficients"/> has the factors for the level of
/// training nearest to σ, and t is the index of the level nearest to c_noise. The sampler's own arithmetic keeps the σ that it asked for.
/// Source: <c>DiscreteDenoiserWithControl</c> in sgm/modules/diffusionmodules/denoiser.py (SUPIR @ bda91af).</remarks>
public sealed class DiscreteDenoiser
{
    private readonly float[] _levels;
    private readonly ScalingOptions _scaling;
    private readonly bool _quantizesTimestep;

    /// <summary>A denoiser for a network that predicts noise, with the levels of a schedule.</summary>
    public DiscreteDenoiser(LegacyDdpmDiscretization schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _levels = schedule.Table();
        _scaling = ScalingOptions.Noise;
        _quantizesTimestep = true;
    }

    /// <summary>The denoiser of an options file.</summary>
    public DiscreteDenoiser(DenoiserOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _levels = NoiseSchedule.Table(options);
        if (options.HalfLevels)
        {
            _levels = Array.ConvertAll(_levels, level => (float)(Half)level);
        }

        _scaling = options.Scaling;
        _quantizesTimestep = options.QuantizesTimestep;
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
    /// <param name="latent">x, layout [N, H, W, C].</param>
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
        ScalingCoefficients factors = ScalingCoefficients.Of(_scaling, _levels[NearestLevel(sigma)]);
        float[] scaled = new float[latent.Length];
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] = latent[i] * factors.In;
        }

        float timestep = _quantizesTimestep ? NearestLevel(factors.Noise) : factors.Noise;
        network.Predict(scaled, timestep, controlScale, unconditional, conditional, cancellationToken);
        RemoveNoise(latent, factors, unconditional);
        RemoveNoise(latent, factors, conditional);
    }

    private static void RemoveNoise(ReadOnlySpan<float> latent, in ScalingCoefficients factors, Span<float> prediction)
    {
        for (int i = 0; i < prediction.Length; i++)
        {
            prediction[i] = (prediction[i] * factors.Out) + (latent[i] * factors.Skip);
        }
    }
}

using Supir.Restoration.Guidance;

namespace Supir.Restoration.Sampling;

/// <summary>Removes the noise from latents as captions and control ask for it: network, denoiser and guidance as one function.</summary>
/// <remarks>denoised = D₋(x, σ) + scale(σ) · (D₊(x, σ) − D₋(x, σ)), with D₊ for the caption and D₋ for the negative prompt.
/// Source: <c>denoise</c> of the samplers, sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af).</remarks>
public sealed class GuidedDenoiser
{
    private readonly INoisePredictor _network;
    private readonly DiscreteDenoiser _denoiser;
    private readonly SamplerParameters _parameters;
    private readonly CancellationToken _cancellationToken;
    private float[] _unconditional = [];
    private float[] _last = [];

    /// <summary>Puts the parts together.</summary>
    /// <param name="network">The network.</param>
    /// <param name="denoiser">Its levels of noise.</param>
    /// <param name="parameters">Guidance, control scale, and whether both halves are always computed.</param>
    /// <param name="cancellationToken">Asked before each evaluation, and by the network.</param>
    public GuidedDenoiser(INoisePredictor network, DiscreteDenoiser denoiser, SamplerParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(parameters);
        _network = network;
        _denoiser = denoiser;
        _parameters = parameters;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Whether a copy of each result is kept for <see cref="LastDenoised"/>.</summary>
    public bool KeepsLast { get; set; }

    /// <summary>The latest result; empty before the first one, and where none is kept.</summary>
    public ReadOnlySpan<float> LastDenoised => _last;

    /// <summary>Removes the noise of level σ.</summary>
    /// <param name="latent">x, layout [N, H, W, C].</param>
    /// <param name="sigma">σ, the noise level of x.</param>
    /// <param name="denoised">Where the result goes, of the same layout.</param>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public void Denoise(ReadOnlySpan<float> latent, float sigma, Span<float> denoised) => Denoise(latent, sigma, sigma, denoised);

    /// <summary>As <see cref="Denoise(ReadOnlySpan{float}, float, Span{float})"/>, with a control scale for another noise level.</summary>
    /// <param name="latent">x, layout [N, H, W, C].</param>
    /// <param name="sigma">σ, the noise level of x.</param>
    /// <param name="controlSigma">The noise level that the control scale is asked for.</param>
    /// <param name="denoised">Where the result goes, of the same layout.</param>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public void Denoise(ReadOnlySpan<float> latent, float sigma, float controlSigma, Span<float> denoised)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        float controlScale = _parameters.ControlScale.At(controlSigma);
        float guidanceScale = _parameters.Guidance.At(sigma, _parameters.Rounding);
        if (!_parameters.AlwaysBothHalves && guidanceScale == 1f)
        {
            _denoiser.Denoise(_network, latent, sigma, controlScale, [], denoised, _cancellationToken);
            Keep(denoised);
            return;
        }

        if (_unconditional.Length != latent.Length)
        {
            _unconditional = new float[latent.Length];
        }

        _denoiser.Denoise(_network, latent, sigma, controlScale, _unconditional, denoised, _cancellationToken);
        ClassifierFreeGuidance.Mix(_unconditional, denoised, guidanceScale);
        Keep(denoised);
    }

    private void Keep(ReadOnlySpan<float> denoised)
    {
        if (KeepsLast)
        {
            _last = _last.Length == denoised.Length ? _last : new float[denoised.Length];
            denoised.CopyTo(_last);
        }
    }
}

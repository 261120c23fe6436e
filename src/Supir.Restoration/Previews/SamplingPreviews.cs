using Supir.Restoration.Sampling;
using Supir.Restoration.Tiling;

namespace Supir.Restoration.Previews;

/// <summary>Shows, after every step of sampling, the latent without the noise that is still in it.</summary>
/// <param name="denoiser">What removes the noise; told to keep what it made last.</param>
/// <param name="colours">What a latent looks like.</param>
/// <param name="tiles">The tiles that the latents are stacked in, or <c>null</c>.</param>
/// <param name="length">Numbers of one latent.</param>
/// <param name="width">Places of a row.</param>
/// <param name="listener">Whoever watches.</param>
internal sealed class SamplingPreviews(
    GuidedDenoiser denoiser, LatentColours colours, LatentTiles? tiles, int length, int width, IProgress<RestorationPreview> listener)
    : IProgress<SamplerProgress>
{
    /// <inheritdoc/>
    public void Report(SamplerProgress value)
    {
        ReadOnlySpan<float> latents = denoiser.LastDenoised;
        ReadOnlySpan<float> whole = tiles is null ? latents : tiles.Blend(latents);
        listener.Report(new RestorationPreview(RestorationStage.Sample, value.Step, colours.Draw(whole[..length], width)));
    }
}

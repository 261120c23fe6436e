using Supir.Restoration.Options;
using Supir.Restoration.Tiling;

namespace Supir.Restoration.Sampling;

/// <summary>Runs the sampler that an options file names.</summary>
public static class SamplerSelection
{
    /// <summary>The noise levels that a sampler walks down, falling, and a 0 at the end.</summary>
    /// <param name="sampler">The sampler.</param>
    /// <param name="steps">How many steps are asked for.</param>
    public static float[] Sigmas(SamplerOptions sampler, int steps)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        if (sampler.Kind == SamplerKind.Substep)
        {
            const int all = 1000;
            return EulerAncestralSampler.SubstepSigmas(NoiseSchedule.Sigmas(sampler.Schedule, all), steps);
        }

        float[] sigmas = NoiseSchedule.Sigmas(sampler.Schedule, steps);
        return sampler.Kind is SamplerKind.RestoreDpmpp2M or SamplerKind.TiledRestoreDpmpp2M
            ? EdmDiscretization.Sigmas(steps, sigmas[^2], sigmas[0])
            : sigmas;
    }

    /// <summary>How often a run evaluates the network.</summary>
    public static int Evaluations(SamplerOptions sampler, int steps)
    {
        int actual = Sigmas(sampler, steps).Length - 1;
        return sampler.Kind is SamplerKind.HeunEdm or SamplerKind.Dpmpp2SAncestral ? (2 * actual) - 1 : actual;
    }

    /// <summary>Whether a sampler takes its noise for stretches of noise levels, from a seed that is drawn once, and not draw by draw.</summary>
    public static bool TakesIntervalNoise(SamplerKind kind) => kind is SamplerKind.RestoreDpmpp2M or SamplerKind.TiledRestoreDpmpp2M or SamplerKind.Dpmpp2M;

    /// <summary>Samples latents.</summary>
    /// <param name="sampler">The sampler.</param>
    /// <param name="denoiser">The network with its guidance.</param>
    /// <param name="sigmas">What <see cref="Sigmas"/> gives.</param>
    /// <param name="start">Standard normal noise, layout [N, H, W, C], or stacked tiles of it.</param>
    /// <param name="center">The stage-1 latent, of the same layout.</param>
    /// <param name="noise">Noise for samplers that take it draw by draw.</param>
    /// <param name="intervalNoise">Noise for samplers that take it for a stretch of noise levels; made only for these.</param>
    /// <param name="parameters">The numbers that steer it.</param>
    /// <param name="tiles">The tiles of a tiled sampler that the latents are stacked in; else <c>null</c>.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="from">Where a run of the same arguments stood when it ended early; <c>null</c> for the beginning.</param>
    /// <returns>The latents, of the same layout.</returns>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public static float[] Run(
        SamplerOptions sampler,
        GuidedDenoiser denoiser,
        ReadOnlySpan<float> sigmas,
        ReadOnlySpan<float> start,
        ReadOnlySpan<float> center,
        LatentNoise noise,
        Func<IIntervalNoise> intervalNoise,
        SamplerParameters parameters,
        LatentTiles? tiles,
        IProgress<SamplerProgress>? progress,
        SamplerState? from = null)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(intervalNoise);
        return sampler.Kind switch
        {
            SamplerKind.RestoreEdm or SamplerKind.TiledRestoreEdm =>
                RestoreEdmSampler.Run(denoiser, sigmas, start, center, noise, parameters, tiles, progress, from),
            SamplerKind.RestoreDpmpp2M or SamplerKind.TiledRestoreDpmpp2M =>
                Dpmpp2MSampler.Run(denoiser, sigmas, start, intervalNoise(), parameters, tiles, progress, from),
            SamplerKind.EulerEdm =>
                RestoreEdmSampler.Run(denoiser, sigmas, start, [], noise, parameters with { RestorationExponent = null }, null, progress, from),
            SamplerKind.HeunEdm => HeunEdmSampler.Run(denoiser, sigmas, start, noise, parameters, progress, from),
            SamplerKind.EulerAncestral => EulerAncestralSampler.Run(denoiser, sigmas, start, noise, parameters, progress, from),
            SamplerKind.Dpmpp2SAncestral => Dpmpp2SAncestralSampler.Run(denoiser, sigmas, start, noise, parameters, progress, from),
            SamplerKind.Dpmpp2M => Dpmpp2MSampler.Run(denoiser, sigmas, start, intervalNoise(), parameters with { Eta = 0 }, null, progress, from),
            SamplerKind.LinearMultistep => LinearMultistepSampler.Run(denoiser, sigmas, start, parameters, progress, from),
            SamplerKind.Substep => EulerAncestralSampler.Run(denoiser, sigmas, start, noise, parameters with { NoiseMultiplier = 1 }, progress, from),
            _ => throw new ArgumentOutOfRangeException(nameof(sampler), sampler.Kind, "There is no such sampler."),
        };
    }
}

namespace Supir.Restoration.Options;

/// <summary>What an options file says of the denoiser (<c>denoiser_config</c>).</summary>
/// <param name="Schedule">The noise levels of the training.</param>
/// <param name="Levels">How many of them there are (<c>num_idx</c>).</param>
/// <param name="Scaling">What the network predicts (<c>scaling_config</c>).</param>
/// <param name="QuantizesTimestep">Whether the network is told the index of the nearest level instead of the scaling's own number
/// (<c>quantize_c_noise</c>).</param>
public sealed record DenoiserOptions(ScheduleOptions Schedule, int Levels, ScalingOptions Scaling, bool QuantizesTimestep)
{
    /// <summary>Whether the levels are those that half precision has, as the reference's <c>model.half()</c> makes of its table.</summary>
    public bool HalfLevels { get; init; }

    /// <summary>SDXL's.</summary>
    public static DenoiserOptions StableDiffusion { get; } = new(DdpmScheduleOptions.StableDiffusion, 1000, ScalingOptions.Noise, true);
}

/// <summary>What the network predicts, and how its input is scaled.</summary>
/// <param name="Kind">Which scaling.</param>
/// <param name="DataDeviation">σ_data, the standard deviation of clean latents: read by <see cref="ScalingKind.Edm"/> alone.</param>
public sealed record ScalingOptions(ScalingKind Kind, double DataDeviation)
{
    /// <summary>The noise is predicted.</summary>
    public static ScalingOptions Noise { get; } = new(ScalingKind.Noise, 1);
}

/// <summary>The scalings that an options file can name.</summary>
/// <remarks>Source: sgm/modules/diffusionmodules/denoiser_scaling.py (SUPIR @ bda91af).</remarks>
public enum ScalingKind
{
    /// <summary><c>EpsScaling</c>: the network predicts the noise.</summary>
    Noise,

    /// <summary><c>VScaling</c>: the network predicts the velocity.</summary>
    Velocity,

    /// <summary><c>EDMScaling</c>: the network predicts a mix that follows from σ_data.</summary>
    Edm,
}

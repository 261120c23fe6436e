namespace Supir.Restoration.Options;

/// <summary>A schedule of noise levels (<c>discretization_config</c>).</summary>
/// <remarks>Source: sgm/modules/diffusionmodules/discretizer.py (SUPIR @ bda91af).</remarks>
public abstract record ScheduleOptions;

/// <summary>The training noise schedule of a denoising diffusion model (<c>LegacyDDPMDiscretization</c>).</summary>
/// <param name="LinearStart">β of the first training step (<c>linear_start</c>).</param>
/// <param name="LinearEnd">β of the last training step (<c>linear_end</c>).</param>
/// <param name="TrainingSteps">The number of training steps (<c>num_timesteps</c>, the denoiser's <c>num_idx</c>).</param>
public sealed record DdpmScheduleOptions(double LinearStart, double LinearEnd, int TrainingSteps) : ScheduleOptions
{
    /// <summary>The schedule of Stable Diffusion and SDXL.</summary>
    public static DdpmScheduleOptions StableDiffusion { get; } = new(0.00085, 0.0120, 1000);
}

/// <summary>Noise levels of which a root is evenly spaced (<c>EDMDiscretization</c>).</summary>
/// <param name="SigmaMin">The lowest σ above 0 (<c>sigma_min</c>).</param>
/// <param name="SigmaMax">The highest σ (<c>sigma_max</c>).</param>
/// <param name="Rho">Which root: larger ones have more levels at little noise (<c>rho</c>).</param>
public sealed record EdmScheduleOptions(double SigmaMin, double SigmaMax, double Rho) : ScheduleOptions
{
    /// <summary>The reference's defaults, which are those of Karras et al. 2022 but for the lowest σ.</summary>
    public static EdmScheduleOptions Default { get; } = new(0.02, 80, 7);
}

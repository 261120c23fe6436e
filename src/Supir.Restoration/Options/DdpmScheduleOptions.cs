namespace Supir.Restoration.Options;

/// <summary>The training noise schedule of a denoising diffusion model (<c>LegacyDDPMDiscretization</c>).</summary>
/// <param name="LinearStart">β of the first training step (<c>linear_start</c>).</param>
/// <param name="LinearEnd">β of the last training step (<c>linear_end</c>).</param>
/// <param name="TrainingSteps">The number of training steps (<c>num_timesteps</c>, the denoiser's <c>num_idx</c>).</param>
public sealed record DdpmScheduleOptions(double LinearStart, double LinearEnd, int TrainingSteps)
{
    /// <summary>The schedule of Stable Diffusion and SDXL.</summary>
    public static DdpmScheduleOptions StableDiffusion { get; } = new(0.00085, 0.0120, 1000);
}

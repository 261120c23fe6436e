using Supir.Restoration.Options;

namespace Supir.Restoration.Sampling;

/// <summary>Noise levels by what an options file says.</summary>
public static class NoiseSchedule
{
    /// <summary>The sigmas of a run, falling, and a 0 at the end: one more than there are steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No steps, or more than the schedule has.</exception>
    public static float[] Sigmas(ScheduleOptions schedule, int steps) => schedule switch
    {
        DdpmScheduleOptions ddpm => new LegacyDdpmDiscretization(ddpm).Sigmas(steps),
        EdmScheduleOptions edm => EdmDiscretization.Sigmas(steps, edm.SigmaMin, edm.SigmaMax, edm.Rho),
        _ => throw new ArgumentException($"There is no schedule of the kind {schedule?.GetType().Name}.", nameof(schedule)),
    };

    /// <summary>The levels that a denoiser snaps to, rising.</summary>
    public static float[] Table(DenoiserOptions denoiser)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        if (denoiser.Schedule is DdpmScheduleOptions ddpm)
        {
            return new LegacyDdpmDiscretization(ddpm).Table();
        }

        float[] levels = Sigmas(denoiser.Schedule, denoiser.Levels)[..^1];
        Array.Reverse(levels);
        return levels;
    }
}

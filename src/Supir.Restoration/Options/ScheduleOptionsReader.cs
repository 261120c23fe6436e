namespace Supir.Restoration.Options;

/// <summary>Reads <c>discretization_config</c>.</summary>
internal static class ScheduleOptionsReader
{
    private const string Prefix = "sgm.modules.diffusionmodules.discretizer.";

    /// <summary>The training steps that the timestep embedding of these networks was trained with.</summary>
    private const int MaximumSteps = 1000;

    /// <summary>Beyond any noise that a network was trained with, within single precision.</summary>
    private const double LargestSigma = 1e6;

    private const double LargestRho = 1000;

    /// <summary>Reads a schedule.</summary>
    public static ScheduleOptions Read(OptionsSection section)
    {
        (string target, OptionsSection parameters) = section.Target(Prefix + "LegacyDDPMDiscretization", Prefix + "EDMDiscretization");
        ScheduleOptions schedule = target == Prefix + "EDMDiscretization" ? ReadEdm(parameters) : ReadDdpm(parameters);
        parameters.RequireAllRead();
        return schedule;
    }

    private static DdpmScheduleOptions ReadDdpm(OptionsSection parameters)
    {
        DdpmScheduleOptions known = DdpmScheduleOptions.StableDiffusion;
        DdpmScheduleOptions schedule = new(
            parameters.OptionalNumber("linear_start", 1e-9, 0.5) ?? known.LinearStart,
            parameters.OptionalNumber("linear_end", 1e-9, 0.5) ?? known.LinearEnd,
            parameters.OptionalInteger("num_timesteps", 2, MaximumSteps) ?? known.TrainingSteps);
        return schedule.LinearStart < schedule.LinearEnd
            ? schedule
            : throw parameters.Fault("linear_end", "must be more than linear_start: noise grows.");
    }

    private static EdmScheduleOptions ReadEdm(OptionsSection parameters)
    {
        EdmScheduleOptions known = EdmScheduleOptions.Default;
        EdmScheduleOptions schedule = new(
            parameters.OptionalNumber("sigma_min", 1 / LargestSigma, LargestSigma) ?? known.SigmaMin,
            parameters.OptionalNumber("sigma_max", 1 / LargestSigma, LargestSigma) ?? known.SigmaMax,
            parameters.OptionalNumber("rho", 1 / LargestRho, LargestRho) ?? known.Rho);
        return schedule.SigmaMin < schedule.SigmaMax
            ? schedule
            : throw parameters.Fault("sigma_max", "must be more than sigma_min.");
    }
}

namespace Supir.Restoration.Options;

/// <summary>Reads <c>denoiser_config</c>.</summary>
internal static class DenoiserOptionsReader
{
    private const string Scalings = "sgm.modules.diffusionmodules.denoiser_scaling.";
    private const string Weightings = "sgm.modules.diffusionmodules.denoiser_weighting.";

    /// <summary>The training steps that the timestep embedding of these networks was trained with.</summary>
    private const int MaximumLevels = 1000;

    private const double LargestDeviation = 1e6;

    /// <summary>σ_data where the file does not say it.</summary>
    private const double DefaultDataDeviation = 0.5;

    /// <summary>Reads the denoiser.</summary>
    public static DenoiserOptions Read(OptionsSection section)
    {
        (_, OptionsSection parameters) = section.Target("sgm.modules.diffusionmodules.denoiser.DiscreteDenoiserWithControl");
        DenoiserOptions options = new(
            ScheduleOptionsReader.Read(parameters.Section("discretization_config")),
            parameters.Integer("num_idx", 1, MaximumLevels),
            ReadScaling(parameters.Section("scaling_config")),
            parameters.AcceptOneOf("quantize_c_noise", "true", "false") != "false");
        if (options.Schedule is DdpmScheduleOptions schedule && schedule.TrainingSteps != options.Levels)
        {
            throw parameters.Fault("num_idx", $"must be the schedule's number of steps, {schedule.TrainingSteps}, but is {options.Levels}.");
        }

        parameters.AcceptOneOf("flip", "true");
        parameters.AcceptOneOf("do_append_zero", "false");

        // It weighs the losses of a training.
        parameters.OptionalSection("weighting_config")?.Target(
            Weightings + "EpsWeighting", Weightings + "VWeighting", Weightings + "EDMWeighting", Weightings + "UnitWeighting");
        parameters.RequireAllRead();
        return options;
    }

    private static ScalingOptions ReadScaling(OptionsSection section)
    {
        (string target, OptionsSection parameters) = section.Target(Scalings + "EpsScaling", Scalings + "VScaling", Scalings + "EDMScaling");
        ScalingOptions scaling = target[Scalings.Length..] switch
        {
            "EpsScaling" => ScalingOptions.Noise,
            "VScaling" => new ScalingOptions(ScalingKind.Velocity, 1),
            _ => new ScalingOptions(
                ScalingKind.Edm, parameters.OptionalNumber("sigma_data", 1 / LargestDeviation, LargestDeviation) ?? DefaultDataDeviation),
        };
        parameters.RequireAllRead();
        return scaling;
    }
}

namespace Supir.Restoration.Options;

/// <summary>Reads <c>denoiser_config</c> and <c>sampler_config</c>.</summary>
internal static class SamplerOptionsReader
{
    private const string Samplers = "sgm.modules.diffusionmodules.sampling.";
    private const string Discretization = "sgm.modules.diffusionmodules.discretizer.LegacyDDPMDiscretization";
    private const double Anything = double.MaxValue;
    private const int LargestTile = 1 << 16;

    /// <summary>The training steps that the timestep embedding of these networks was trained with.</summary>
    private const int MaximumSteps = 1000;

    /// <summary>Reads the denoiser's noise schedule.</summary>
    public static DdpmScheduleOptions ReadDenoiser(OptionsSection section)
    {
        (_, OptionsSection parameters) = section.Target("sgm.modules.diffusionmodules.denoiser.DiscreteDenoiserWithControl");
        int levels = parameters.Integer("num_idx", 1, MaximumSteps);
        parameters.Section("scaling_config").Target("sgm.modules.diffusionmodules.denoiser_scaling.EpsScaling");
        DdpmScheduleOptions schedule = ReadSchedule(parameters.Section("discretization_config"));
        if (schedule.TrainingSteps != levels)
        {
            throw parameters.Fault("num_idx", $"must be the schedule's number of steps, {schedule.TrainingSteps}, but is {levels}.");
        }

        parameters.AcceptOneOf("quantize_c_noise", "true");
        parameters.AcceptOneOf("flip", "true");
        parameters.AcceptOneOf("do_append_zero", "false");
        parameters.Ignore("weighting_config");
        parameters.RequireAllRead();
        return schedule;
    }

    /// <summary>Reads the sampler.</summary>
    public static SamplerOptions ReadSampler(OptionsSection section)
    {
        (string target, OptionsSection parameters) = section.Target(
            Samplers + "RestoreEDMSampler",
            Samplers + "TiledRestoreEDMSampler",
            Samplers + "RestoreDPMPP2MSampler",
            Samplers + "TiledRestoreDPMPP2MSampler");
        SamplerKind kind = target[Samplers.Length..] switch
        {
            "RestoreEDMSampler" => SamplerKind.RestoreEdm,
            "TiledRestoreEDMSampler" => SamplerKind.TiledRestoreEdm,
            "RestoreDPMPP2MSampler" => SamplerKind.RestoreDpmpp2M,
            _ => SamplerKind.TiledRestoreDpmpp2M,
        };

        SamplerOptions options = new()
        {
            Kind = kind,
            Schedule = ReadSchedule(parameters.Section("discretization_config")),
            Tiles = kind is SamplerKind.TiledRestoreEdm or SamplerKind.TiledRestoreDpmpp2M ? ReadTiles(parameters) : null,
        };
        options = kind is SamplerKind.RestoreEdm or SamplerKind.TiledRestoreEdm
            ? options with
            {
                ChurnSigmaMin = parameters.OptionalNumber("s_tmin", 0, Anything) ?? options.ChurnSigmaMin,
                ChurnSigmaMax = parameters.OptionalNumber("s_tmax", 0, double.PositiveInfinity) ?? options.ChurnSigmaMax,
                RestorationSigmaMin = parameters.OptionalNumber("restore_cfg_s_tmin", 0, Anything) ?? options.RestorationSigmaMin,
            }
            : options with { Eta = parameters.OptionalNumber("eta", 0, 1) ?? options.Eta };

        parameters.OptionalInteger("num_steps", 1, int.MaxValue);
        foreach (string overridden in new[] { "restore_cfg", "s_churn", "s_noise" })
        {
            parameters.OptionalNumber(overridden, -Anything, Anything);
        }

        ReadGuider(parameters.Section("guider_config"));
        parameters.Ignore("verbose", "device");
        parameters.RequireAllRead();
        return options;
    }

    private static TileOptions ReadTiles(OptionsSection parameters)
    {
        TileOptions tiles = new(
            parameters.OptionalInteger("tile_size", 8, LargestTile) ?? 128,
            parameters.OptionalInteger("tile_stride", 1, LargestTile) ?? 64);
        return tiles.Stride <= tiles.Size
            ? tiles
            : throw parameters.Fault("tile_stride", $"{tiles.Stride} is more than tile_size {tiles.Size}: the tiles would leave gaps.");
    }

    private static DdpmScheduleOptions ReadSchedule(OptionsSection section)
    {
        (_, OptionsSection parameters) = section.Target(Discretization);
        DdpmScheduleOptions known = DdpmScheduleOptions.StableDiffusion;
        DdpmScheduleOptions schedule = new(
            parameters.OptionalNumber("linear_start", 1e-9, 0.5) ?? known.LinearStart,
            parameters.OptionalNumber("linear_end", 1e-9, 0.5) ?? known.LinearEnd,
            parameters.OptionalInteger("num_timesteps", 2, MaximumSteps) ?? known.TrainingSteps);
        parameters.RequireAllRead();
        return schedule.LinearStart < schedule.LinearEnd
            ? schedule
            : throw parameters.Fault("linear_end", "must be more than linear_start: noise grows.");
    }

    private static void ReadGuider(OptionsSection section)
    {
        (_, OptionsSection parameters) = section.Target("sgm.modules.diffusionmodules.guiders.LinearCFG");
        parameters.Number("scale", -Anything, Anything);
        parameters.OptionalNumber("scale_min", -Anything, Anything);
        parameters.RequireAllRead();
    }
}

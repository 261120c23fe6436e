namespace Supir.Restoration.Options;

/// <summary>Reads <c>sampler_config</c>.</summary>
internal static class SamplerOptionsReader
{
    private const string Samplers = "sgm.modules.diffusionmodules.sampling.";
    private const string Guiders = "sgm.modules.diffusionmodules.guiders.";
    private const double Anything = double.MaxValue;
    private const int LargestOrder = 4;

    /// <summary>The levels of training that <see cref="SamplerKind.Substep"/> counts its four among.</summary>
    private const int SubstepLevels = 1000;

    /// <summary>Reads the sampler.</summary>
    public static SamplerOptions ReadSampler(OptionsSection section)
    {
        (string target, OptionsSection parameters) = section.Target([.. SamplerKindNames.Short.Select(name => $"{Samplers}{name}Sampler")]);
        SamplerKind kind = SamplerKindNames.Parse(target[Samplers.Length..]);
        SamplerOptions options = new()
        {
            Kind = kind,
            Schedule = ScheduleOptionsReader.Read(parameters.Section("discretization_config")),
            Guider = ReadGuider(parameters.OptionalSection("guider_config")),
            Tiles = kind.HasTiles ? ReadTiles(parameters) : null,
        };
        options = kind switch
        {
            SamplerKind.RestoreEdm or SamplerKind.TiledRestoreEdm or SamplerKind.EulerEdm or SamplerKind.HeunEdm => options with
            {
                ChurnSigmaMin = parameters.OptionalNumber("s_tmin", 0, Anything) ?? options.ChurnSigmaMin,
                ChurnSigmaMax = parameters.OptionalNumber("s_tmax", 0, double.PositiveInfinity) ?? options.ChurnSigmaMax,
                RestorationSigmaMin = parameters.OptionalNumber("restore_cfg_s_tmin", 0, Anything) ?? options.RestorationSigmaMin,
            },
            SamplerKind.LinearMultistep => options with { Order = parameters.OptionalInteger("order", 1, LargestOrder) ?? options.Order },
            SamplerKind.Dpmpp2M => options,
            _ => options with { Eta = parameters.OptionalNumber("eta", 0, 1) ?? options.Eta },
        };
        if (kind == SamplerKind.Substep)
        {
            // Read and never used, there as well.
            parameters.OptionalInteger("n_sample_steps", 1, int.MaxValue);
            options = options with { Eta = 1 };
            if (options.Schedule is DdpmScheduleOptions { TrainingSteps: not SubstepLevels })
            {
                throw parameters.Fault("discretization_config", $"SubstepSampler needs num_timesteps: {SubstepLevels}.");
            }
        }

        parameters.OptionalInteger("num_steps", 1, int.MaxValue);
        foreach (string overridden in new[] { "restore_cfg", "s_churn", "s_noise" })
        {
            parameters.OptionalNumber(overridden, -Anything, Anything);
        }

        parameters.Ignore("verbose", "device");
        parameters.RequireAllRead();
        return options;
    }

    private static TileOptions ReadTiles(OptionsSection parameters)
    {
        TileOptions tiles = new(
            parameters.OptionalInteger("tile_size", TileOptions.Smallest, TileOptions.Largest) ?? TileOptions.Default.Size,
            parameters.OptionalInteger("tile_stride", 1, TileOptions.Largest) ?? TileOptions.Default.Stride);
        return tiles.Stride <= tiles.Size
            ? tiles
            : throw parameters.Fault("tile_stride", $"{tiles.Stride} is more than tile_size {tiles.Size}: the tiles would leave gaps.");
    }

    // Every run brings its own scales: the file's are checked and never used.
    private static GuiderKind ReadGuider(OptionsSection? section)
    {
        if (section is null)
        {
            return GuiderKind.Identity;
        }

        (string target, OptionsSection parameters) = section.Target(Guiders + "LinearCFG", Guiders + "VanillaCFG", Guiders + "IdentityGuider");
        GuiderKind kind = target[Guiders.Length..] switch
        {
            "LinearCFG" => GuiderKind.Linear,
            "VanillaCFG" => GuiderKind.Vanilla,
            _ => GuiderKind.Identity,
        };
        if (kind != GuiderKind.Identity)
        {
            parameters.Number("scale", -Anything, Anything);
            parameters.OptionalSection("dyn_thresh_config")?.Target("sgm.modules.diffusionmodules.sampling_utils.NoDynamicThresholding");
        }

        if (kind == GuiderKind.Linear)
        {
            parameters.OptionalNumber("scale_min", -Anything, Anything);
        }

        parameters.RequireAllRead();
        return kind;
    }
}

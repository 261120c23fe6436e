namespace Supir.Restoration.Options;

/// <summary>What an options file says of the sampler (<c>sampler_config</c>).</summary>
/// <remarks>Number of steps, churn, noise multiplier, restoration exponent and guidance are not here: as in the reference,
/// every run brings its own (<see cref="RestorationSettings"/>), so the file's are read, checked and never used.</remarks>
public sealed record SamplerOptions
{
    /// <summary>Which sampler (<c>target</c>).</summary>
    public required SamplerKind Kind { get; init; }

    /// <summary>The noise schedule whose sigmas the sampler walks down (<c>discretization_config</c>).</summary>
    public required ScheduleOptions Schedule { get; init; }

    /// <summary>How captions steer (<c>guider_config</c>).</summary>
    public GuiderKind Guider { get; init; }

    /// <summary>No churn below this σ (<c>s_tmin</c>).</summary>
    public double ChurnSigmaMin { get; init; }

    /// <summary>No churn above this σ (<c>s_tmax</c>).</summary>
    public double ChurnSigmaMax { get; init; } = double.PositiveInfinity;

    /// <summary>No pull towards the stage-1 latent in a step that ends at this σ or below (<c>restore_cfg_s_tmin</c>).</summary>
    public double RestorationSigmaMin { get; init; } = 0.05;

    /// <summary>How much of the removed noise the ancestral and the DPM++ samplers put back, 0 to 1 (<c>eta</c>).</summary>
    public double Eta { get; init; } = 1;

    /// <summary>How many derivatives the linear multistep method reads at most (<c>order</c>).</summary>
    public int Order { get; init; } = 4;

    /// <summary>The tiles, for a tiled sampler; else <c>null</c>.</summary>
    public TileOptions? Tiles { get; init; }
}

/// <summary>The tiles of a tiled sampler.</summary>
/// <param name="Size">Side of a tile in places of the latent (<c>tile_size</c>).</param>
/// <param name="Stride">From a tile to the next, in places of the latent (<c>tile_stride</c>).</param>
public sealed record TileOptions(int Size, int Stride)
{
    /// <summary>The smallest side of a tile: 64 pixels.</summary>
    public const int Smallest = 8;

    /// <summary>A side beyond any latent's.</summary>
    public const int Largest = 1 << 16;

    /// <summary>The reference's: 1024 pixels, overlapping by half.</summary>
    public static TileOptions Default { get; } = new(128, 64);
}

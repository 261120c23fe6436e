using Supir.Engine;
using Supir.Restoration.Options;

namespace Supir.Restoration;

/// <summary>What a run would take, in every way in which it can be made.</summary>
internal sealed record MemoryQuestion
{
    /// <summary>The need of the largest network whose weights can be kept in several ways, with so many tiles or samples at a time.</summary>
    public required Func<int, WeightKeeping, PlanNeed> Networks { get; init; }

    /// <summary>The need of the autoencoder, at once (<c>null</c>) or in bands.</summary>
    public required Func<TiledVaeOptions?, PlanNeed> Pictures { get; init; }

    /// <summary>The least need of a working picture whose sides are this part of the wanted ones.</summary>
    public required Func<double, PlanNeed> Smaller { get; init; }

    /// <summary>Tiles or samples at a time, as asked for.</summary>
    public required int TileBatch { get; init; }

    /// <summary>The bands that were asked for, if any.</summary>
    public TiledVaeOptions? Bands { get; init; }

    /// <summary>How the weights must be kept, or <c>null</c> for the best that fits.</summary>
    public WeightPrecision? Precision { get; init; }

    /// <summary>Pixels of a row of the working picture.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the working picture.</summary>
    public required int Height { get; init; }
}

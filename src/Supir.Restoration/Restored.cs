using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Restoration;

/// <summary>A restored picture and how it came about.</summary>
/// <param name="Picture">The result.</param>
/// <param name="Settings">The settings, with the seed that was used.</param>
/// <param name="Size">The size that was worked at, and that of the result.</param>
/// <param name="Stages">How long each stage took, in order.</param>
public sealed record Restored(Picture Picture, RestorationSettings Settings, WorkingSize Size, IReadOnlyList<StageTime> Stages)
{
    /// <summary>All samples, <see cref="Picture"/> being the first.</summary>
    public IReadOnlyList<Picture> Samples { get; init; } = [Picture];

    /// <summary>Bits a level that the picture is to be written with, where its format has them.</summary>
    public required int Bits { get; init; }

    /// <summary>The memory that was planned for.</summary>
    public required MemoryPlan Memory { get; init; }
}

/// <summary>The time that a stage took.</summary>
public sealed record StageTime(RestorationStage Stage, TimeSpan Time);

namespace Supir.Restoration.Options;

/// <summary>A pair of numbers that SDXL is told about a picture.</summary>
public enum SizeCondition
{
    /// <summary>Height and width of the picture before training's resizing (<c>original_size_as_tuple</c>).</summary>
    OriginalSize,

    /// <summary>Top and left of training's crop (<c>crop_coords_top_left</c>).</summary>
    CropCorner,

    /// <summary>Height and width of what is made (<c>target_size_as_tuple</c>).</summary>
    TargetSize,
}

/// <summary>How such a pair is embedded in the vector condition (<c>ConcatTimestepEmbedderND</c>).</summary>
/// <param name="Condition">Which pair.</param>
/// <param name="Channels">Width of the sinusoidal embedding of each of its two numbers (<c>outdim</c>).</param>
public sealed record SizeEmbedderOptions(SizeCondition Condition, int Channels);

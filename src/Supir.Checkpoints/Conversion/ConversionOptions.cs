namespace Supir.Checkpoints.Conversion;

/// <summary>How a checkpoint is converted.</summary>
public sealed record ConversionOptions
{
    /// <summary>What rounding to integers does to weights that spread as a normal distribution does is 0.008 to 0.01.</summary>
    private const double Int8ErrorLimit = 0.02;

    /// <summary>What rounding to three bits of mantissa does to any weights is 0.025, and more to small ones.</summary>
    private const double Float8ErrorLimit = 0.1;

    /// <summary>The number format of the large weights.</summary>
    public required ConversionFormat Format { get; init; }

    /// <summary>A weight whose relative L2 error by rounding is larger stays in half precision; <c>null</c> for the format's own limit
    /// (0.02 of Int8, 0.1 of Float8E4M3). A LLaVA has none.</summary>
    public double? ErrorLimit { get; init; }

    /// <summary>Weights with fewer elements stay in half precision: they save nothing.</summary>
    public long SmallestQuantised { get; init; } = 4096;

    /// <summary>Whether weights that no network here reads are left out, where any other is there.</summary>
    public bool Prune { get; init; } = true;

    /// <summary>Notes for the file's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    internal double EffectiveErrorLimit => ErrorLimit ?? (Format == ConversionFormat.Int8 ? Int8ErrorLimit : Float8ErrorLimit);
}

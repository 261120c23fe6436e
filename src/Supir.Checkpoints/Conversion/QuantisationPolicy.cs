using Supir.Engine;

namespace Supir.Checkpoints.Conversion;

/// <summary>Which weights a network bears to be rounded to 8 bits.</summary>
/// <remarks>What enters or leaves a network, tables that are looked up, and what conditions every layer carry little of the size and much of
/// the result; norms and biases are no matrices at all.</remarks>
internal static class QuantisationPolicy
{
    private static readonly string[] Kept =
    [
        "embedding", ".time_embed.", ".label_emb.", "conv_in.", "conv_out.", "quant_conv.", ".input_hint_block.", ".input_blocks.0.0.",
        ".diffusion_model.out.", "text_projection", "norm",
    ];

    /// <summary>The number format that is tried for a weight; it may still turn out to lose too much.</summary>
    /// <param name="info">The weight under its full name.</param>
    /// <param name="options">What was asked for.</param>
    public static DType TypeFor(WeightInfo info, ConversionOptions options)
    {
        if (options.Format == ConversionFormat.Float16 || info.Lengths.Count < 2 || info.ElementCount < options.SmallestQuantised
            || Kept.Any(part => info.Name.Contains(part, StringComparison.Ordinal)))
        {
            return DType.Float16;
        }

        return options.Format == ConversionFormat.Int8 ? DType.Int8 : DType.Float8E4M3;
    }
}

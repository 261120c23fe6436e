using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints.Conversion;

/// <summary>Which weights of a LLaVA are rounded: those that loading it in so many bits would round, so that a converted one says the same.</summary>
/// <remarks>These are the matrices of the language model's layers, and its head, which stays in 8 bits. A matrix whose inputs are no
/// multiple of 64 is left to the loading. All else, the vision tower and the table of embeddings too, keeps its format.</remarks>
internal static class LlavaQuantisation
{
    private const string Layers = "language_model.model.layers";
    private const string Head = "language_model.lm_head.weight";

    /// <summary>Whether a weight is a matrix of the language model's layers, or its head.</summary>
    /// <param name="info">The weight under any of its names.</param>
    public static bool IsRounded(WeightInfo info) =>
        info.Lengths.Count == 2 && LlavaNames.Normalise(info.Name) is string name && (name == Head || WeightReader.IsUnder(name, Layers));

    /// <summary>The number format in which a weight is written.</summary>
    /// <param name="info">The weight under any of its names.</param>
    /// <param name="format">What was asked for.</param>
    public static DType TypeFor(WeightInfo info, ConversionFormat format)
    {
        if (format == ConversionFormat.Float16)
        {
            return DType.Float16;
        }

        if (!IsRounded(info))
        {
            return info.Type;
        }

        return format == ConversionFormat.Int8 || LlavaNames.Normalise(info.Name) == Head ? DType.Int8
            : info.Lengths[1] % FourBitGroups.Inputs == 0 ? DType.Int4
            : info.Type;
    }

    /// <summary>Refuses what cannot be converted to a format, or would lose twice.</summary>
    /// <exception cref="CheckpointException">Its weights were rounded before, or to a format that no LLaVA is kept in is to be written.</exception>
    public static void Require(IWeightSource source, ConversionFormat format)
    {
        if (format == ConversionFormat.Float8E4M3)
        {
            throw new CheckpointException($"{source.Description}: a LLaVA is kept in 16, 8 or 4 bits (fp16, int8, int4), not in fp8.");
        }

        if (source.Tensors.Values.FirstOrDefault(info => IsRounded(info) && info.Type is DType.Int8 or DType.Int4) is WeightInfo rounded)
        {
            throw new CheckpointException(
                $"{source.Description} was converted before: {Quotation.Of(rounded.Name)} is in {(rounded.Type == DType.Int4 ? 4 : 8)} bits. Convert the model that it was made of.");
        }
    }
}

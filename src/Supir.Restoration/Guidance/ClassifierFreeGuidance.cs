namespace Supir.Restoration.Guidance;

/// <summary>Mixes the predictions with and without the caption.</summary>
/// <remarks>Source: <c>NoDynamicThresholding</c>, sgm/modules/diffusionmodules/sampling_utils.py (SUPIR @ bda91af).</remarks>
public static class ClassifierFreeGuidance
{
    /// <summary>conditional ← unconditional + scale · (conditional − unconditional), element by element.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Mix(ReadOnlySpan<float> unconditional, Span<float> conditional, float scale)
    {
        if (unconditional.Length != conditional.Length)
        {
            throw new ArgumentException($"{unconditional.Length} unconditional but {conditional.Length} conditional elements.", nameof(unconditional));
        }

        for (int i = 0; i < conditional.Length; i++)
        {
            conditional[i] = unconditional[i] + (scale * (conditional[i] - unconditional[i]));
        }
    }
}

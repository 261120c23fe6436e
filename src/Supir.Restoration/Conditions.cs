namespace Supir.Restoration;

/// <summary>What the diffusion is told, for each half of the batch.</summary>
/// <param name="Context">Tokens of both text towers, [halves, tokens, 1, channels].</param>
/// <param name="Vector">The pooled text and the sizes, [halves, 1, 1, channels].</param>
/// <param name="Tokens">Tokens of a text.</param>
/// <param name="HasUnconditional">Whether the first half is the negative prompt's; otherwise there is only the caption's.</param>
internal sealed record Conditions(float[] Context, float[] Vector, int Tokens, bool HasUnconditional)
{
    /// <summary>Halves of the batch.</summary>
    public int Batch => HasUnconditional ? 2 : 1;
}

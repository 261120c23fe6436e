namespace Supir.Restoration;

/// <summary>What the diffusion is told.</summary>
/// <param name="Unconditional">The negative prompt, or <c>null</c> where no step asks for it.</param>
/// <param name="Captions">The caption, the same for all latents; or one for each tile.</param>
/// <param name="Tokens">Tokens of a text.</param>
internal sealed record Conditions(TextCondition? Unconditional, IReadOnlyList<TextCondition> Captions, int Tokens)
{
    /// <summary>Halves of the batch.</summary>
    public int Halves => Unconditional is null ? 1 : 2;

    /// <summary>The text of a row of the batch: latent by latent, each in all its halves, the negative prompt's first.</summary>
    public TextCondition Of(int row)
    {
        (int latent, int half) = Math.DivRem(row, Halves);
        return Unconditional is not null && half == 0 ? Unconditional : Captions[latent % Captions.Count];
    }
}

/// <summary>A text as the diffusion reads it.</summary>
/// <param name="Context">Tokens of both text towers, [tokens, channels].</param>
/// <param name="Vector">The pooled text and the sizes, [channels].</param>
internal sealed record TextCondition(float[] Context, float[] Vector);

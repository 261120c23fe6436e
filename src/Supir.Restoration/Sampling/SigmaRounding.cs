namespace Supir.Restoration.Sampling;

/// <summary>Whether numbers made from σ are kept whole or rounded to bfloat16 after each operation, as the reference does by accident.</summary>
/// <remarks>
/// With <c>--ae_dtype bf16</c> the reference's start noise is a bfloat16 tensor, and so is everything made from "a one like it"
/// (<c>s_in</c>, sgm/modules/diffusionmodules/sampling.py, SUPIR @ bda91af). On its GPU this rounds:
/// <list type="bullet">
/// <item>the start noise, drawn in bfloat16; the factor √(1 + σ₀²), which follows from the unrounded σ₀, and their product;</item>
/// <item>each step's σ and next σ; σ̂ = σ · (γ + 1); the step next σ − σ̂;</item>
/// <item>churn's σ̂², σ², their difference and its root;</item>
/// <item>in the first step only: the churn noise itself, drawn in bfloat16, its products and its sum with the latent. From the
/// second step on the latent is single precision, and so are that noise and its sum;</item>
/// <item>the guidance scale: product, quotient and sum;</item>
/// <item>σ / σ_max and its power in the pull towards the stage-1 latent.</item>
/// </list>
/// Not rounded: the level that the denoiser snaps to with its c_in, c_out and timestep, the networks' predictions, the mix of
/// both halves, the pull, the derivative (x − denoised) / σ̂, and the Euler step's sum. The step sizes are off by 2 % on average and
/// by up to 7 % at 50 steps: hence <see cref="None"/> by default.
/// </remarks>
public enum SigmaRounding
{
    /// <summary>Single precision throughout.</summary>
    None,

    /// <summary>As above.</summary>
    BFloat16,
}

/// <summary>The rounding itself.</summary>
public static class SigmaRoundingArithmetic
{
    extension(SigmaRounding rounding)
    {
        /// <summary>The nearest number that the mode has, of two equally near ones the even one; <paramref name="value"/> itself for
        /// <see cref="SigmaRounding.None"/>.</summary>
        public float Apply(float value) => rounding == SigmaRounding.None || !float.IsFinite(value) ? value : ToBFloat16(value);
    }

    private static float ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint roundedUp = bits + 0x7FFF + ((bits >> 16) & 1);
        return BitConverter.UInt32BitsToSingle(roundedUp & 0xFFFF_0000);
    }
}

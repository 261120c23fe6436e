namespace Supir.Engine;

/// <summary>In how many bits a backend keeps the weights of large products in memory.</summary>
public enum WeightPrecision
{
    /// <summary>As the checkpoint has them.</summary>
    AsStored,

    /// <summary>In 8 bits with a factor for each output channel: half the memory of 16 bits, for about half a per cent of rounding.</summary>
    EightBit,

    /// <summary>Those that follow a layer normalisation or a GEGLU as 8-bit floats (E4M3), and so what is multiplied by them; the rest as
    /// stored. For speed, on GPUs that multiply such numbers (compute capability 8.9 and newer); the CPU takes it as <see cref="EightBit"/>.</summary>
    Float8,

    /// <summary>In 4 bits with a factor for each 64 inputs of an output channel: an eighth of a float, for about a tenth of rounding.
    /// Language models bear that; diffusion does not.</summary>
    FourBit,
}

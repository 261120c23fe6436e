namespace Supir.Engine;

/// <summary>In how many bits a backend keeps the weights of large products in memory.</summary>
public enum WeightPrecision
{
    /// <summary>As the checkpoint has them.</summary>
    AsStored,

    /// <summary>In 8 bits with a factor for each output channel: half the memory of 16 bits, for about half a per cent of rounding.</summary>
    EightBit,
}

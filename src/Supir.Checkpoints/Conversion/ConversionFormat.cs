namespace Supir.Checkpoints.Conversion;

/// <summary>In what number format a converted checkpoint holds its large weights.</summary>
public enum ConversionFormat
{
    /// <summary>Half precision.</summary>
    Float16,

    /// <summary>Integers of 8 bits with one scale per output channel: <c>NAME</c> in I8 and <c>NAME.scale</c> in F32.</summary>
    Int8,

    /// <summary>Floats of 8 bits, 4 of them exponent, without a scale (F8_E4M3).</summary>
    Float8E4M3,

    /// <summary>Of a LLaVA only: its layers' matrices in 4 bits with a half-precision scale for each 64 inputs of an output, <c>NAME.int4</c>
    /// in U8 and <c>NAME.scale</c> in F16, and the head in 8 bits.</summary>
    Int4,
}

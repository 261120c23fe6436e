namespace Supir.Restoration.Options;

/// <summary>What the colours are drawn back to (<c>--color_fix_reference</c>).</summary>
public enum ColorFixReference
{
    /// <summary>The stage-1 picture: the input, denoised by the autoencoder. What the reference does.</summary>
    Stage1,

    /// <summary>The enlarged input.</summary>
    Input,
}

/// <summary>How closely the reference is followed where it is imprecise (<c>--mode</c>).</summary>
public enum NumericsMode
{
    /// <summary>The best result: latents and sigmas in single precision, rounding instead of truncation.</summary>
    Precise,

    /// <summary>The reference's result, with its rounding to bfloat16 and its quirks.</summary>
    Reference,
}

/// <summary>Whose random numbers (<c>--rng</c>).</summary>
public enum TorchGenerator
{
    /// <summary>Those that torch draws on a CPU (mt19937).</summary>
    Cpu,

    /// <summary>Those that torch draws on a CUDA device (Philox).</summary>
    Cuda,
}

/// <summary>Which of the reference's two programs says at what size a picture is restored and written (<c>--sizing</c>).</summary>
public enum Sizing
{
    /// <summary>Its command line: sides in multiples of 64, sized back afterwards.</summary>
    Cli,

    /// <summary>Its page: sides in multiples of 32, resized as OpenCV does, and written at that size.</summary>
    Demo,
}

/// <summary>What kind of machine part computes; number formats follow from it where nobody chose them.</summary>
public enum ComputeDevice
{
    /// <summary>The processor: single precision.</summary>
    Cpu,

    /// <summary>A GPU: half formats by default.</summary>
    Cuda,
}

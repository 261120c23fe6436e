using System.Runtime.Intrinsics;

namespace Supir.Engine.Cpu;

/// <summary>The family of vector instructions that the CPU kernels use; chosen once, when the program starts.</summary>
/// <remarks>The runtime's own switches turn a family off: DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0, DOTNET_EnableHWIntrinsic=0.</remarks>
public enum InstructionSet
{
    /// <summary>No vectors: plain scalar code, on any processor.</summary>
    Scalar,

    /// <summary>256-bit vectors with fused multiply-add (x86-64-v3).</summary>
    Avx2,

    /// <summary>512-bit vectors (x86-64-v4).</summary>
    Avx512,
}

/// <summary>What this process can use.</summary>
public static class InstructionSets
{
    /// <summary>The widest family that the processor has and the runtime lets us use.</summary>
    public static InstructionSet Best { get; } =
        Vector512.IsHardwareAccelerated && System.Runtime.Intrinsics.X86.Avx512F.IsSupported ? InstructionSet.Avx512
        : Vector256.IsHardwareAccelerated && System.Runtime.Intrinsics.X86.Fma.IsSupported ? InstructionSet.Avx2
        : InstructionSet.Scalar;
}

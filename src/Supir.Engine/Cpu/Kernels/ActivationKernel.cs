using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>The functions of <see cref="Activation"/> over eight lanes and over one.</summary>
internal static class ActivationKernel
{
    /// <summary>The slope of the sigmoid in OpenAI's approximation of GELU.</summary>
    private const float QuickGeluSlope = 1.702f;

    /// <summary>Applies the function to eight numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Activation function, Vector256<float> x) => function switch
    {
        Activation.Silu => VectorMath.Swish(x, 1f),
        Activation.Gelu => VectorMath.Gelu(x),
        Activation.QuickGelu => VectorMath.Swish(x, QuickGeluSlope),
        _ => x,
    };

    /// <summary>Applies the function to one number.</summary>
    public static float Apply(Activation function, float x) => function switch
    {
        Activation.Silu => VectorMath.Swish(x, 1f),
        Activation.Gelu => VectorMath.Gelu(x),
        Activation.QuickGelu => VectorMath.Swish(x, QuickGeluSlope),
        _ => x,
    };
}

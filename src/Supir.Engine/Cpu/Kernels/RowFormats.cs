using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>How the numbers of a row lie in memory.</summary>
internal unsafe interface IRowFormat
{
    /// <summary>Eight numbers from an element on.</summary>
    static abstract Vector256<float> Load(byte* row, int element);

    /// <summary>One number.</summary>
    static abstract float LoadOne(byte* row, int element);

    /// <summary>Writes one number.</summary>
    static abstract void Store(byte* row, int element, float value);
}

/// <summary>Single precision.</summary>
internal readonly unsafe struct SingleRow : IRowFormat
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* row, int element) => Vector256.Load((float*)row + element);

    /// <inheritdoc/>
    public static float LoadOne(byte* row, int element) => ((float*)row)[element];

    /// <inheritdoc/>
    public static void Store(byte* row, int element, float value) => ((float*)row)[element] = value;
}

/// <summary>Half precision.</summary>
internal readonly unsafe struct HalfRow : IRowFormat
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* row, int element) => HalfVector.Widen8((ushort*)row + element);

    /// <inheritdoc/>
    public static float LoadOne(byte* row, int element) => (float)((Half*)row)[element];

    /// <inheritdoc/>
    public static void Store(byte* row, int element, float value) => ((Half*)row)[element] = (Half)value;
}

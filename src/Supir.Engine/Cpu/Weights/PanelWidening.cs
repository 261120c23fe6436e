using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Weights;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Widens a panel of packed weights to single precision, 32 columns at a time.</summary>
internal static unsafe class PanelWidening
{
    private const int Columns = ProductWeights.PanelColumns;

    /// <summary>Writes depth × 32 numbers: the stored ones, times the column's scale for Int8.</summary>
    /// <param name="type">The format of the stored elements.</param>
    /// <param name="source">The stored elements, [depth][32].</param>
    /// <param name="depth">How many rows.</param>
    /// <param name="scales">A factor for each column.</param>
    /// <param name="stride">Elements from a row of the result to the next.</param>
    /// <param name="halves">Elements from the first sixteen columns of the result to the others.</param>
    /// <param name="destination">The result.</param>
    public static void Widen(DType type, byte* source, int depth, float* scales, nint stride, nint halves, float* destination)
    {
        if (InstructionSets.Best != InstructionSet.Scalar && type == DType.Float16)
        {
            WidenHalves((ushort*)source, depth, stride, halves, destination);
        }
        else if (InstructionSets.Best != InstructionSet.Scalar && type == DType.BFloat16)
        {
            WidenBFloats((ushort*)source, depth, stride, halves, destination);
        }
        else if (InstructionSets.Best != InstructionSet.Scalar && type == DType.Int8)
        {
            WidenIntegers((sbyte*)source, depth, scales, stride, halves, destination);
        }
        else
        {
            WidenScalar(type, source, depth, scales, stride, halves, destination);
        }
    }

    // Infinities and NaN do not survive; the packer refuses them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenHalves(ushort* source, int depth, nint stride, nint halves, float* destination)
    {
        for (int k = 0; k < depth; k++)
        {
            if (Avx512F.IsSupported)
            {
                HalfVector.Widen16(source).StoreAligned(destination);
                HalfVector.Widen16(source + 16).StoreAligned(destination + halves);
            }
            else
            {
                HalfVector.Widen8(source).StoreAligned(destination);
                HalfVector.Widen8(source + 8).StoreAligned(destination + 8);
                HalfVector.Widen8(source + 16).StoreAligned(destination + halves);
                HalfVector.Widen8(source + 24).StoreAligned(destination + halves + 8);
            }

            source += Columns;
            destination += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenBFloats(ushort* source, int depth, nint stride, nint halves, float* destination)
    {
        for (int k = 0; k < depth; k++)
        {
            (Avx2.ConvertToVector256Int32(source) << 16).AsSingle().StoreAligned(destination);
            (Avx2.ConvertToVector256Int32(source + 8) << 16).AsSingle().StoreAligned(destination + 8);
            (Avx2.ConvertToVector256Int32(source + 16) << 16).AsSingle().StoreAligned(destination + halves);
            (Avx2.ConvertToVector256Int32(source + 24) << 16).AsSingle().StoreAligned(destination + halves + 8);
            source += Columns;
            destination += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenIntegers(sbyte* source, int depth, float* scales, nint stride, nint halves, float* destination)
    {
        Vector256<float> s0 = Vector256.Load(scales);
        Vector256<float> s1 = Vector256.Load(scales + 8);
        Vector256<float> s2 = Vector256.Load(scales + 16);
        Vector256<float> s3 = Vector256.Load(scales + 24);
        for (int k = 0; k < depth; k++)
        {
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source)) * s0).StoreAligned(destination);
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source + 8)) * s1).StoreAligned(destination + 8);
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source + 16)) * s2).StoreAligned(destination + halves);
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source + 24)) * s3).StoreAligned(destination + halves + 8);
            source += Columns;
            destination += stride;
        }
    }

    private static void WidenScalar(DType type, byte* source, int depth, float* scales, nint stride, nint halves, float* destination)
    {
        Span<float> row = stackalloc float[Columns];
        for (int k = 0; k < depth; k++)
        {
            WeightConversion.Widen(type, source, row);
            for (int column = 0; column < Columns; column++)
            {
                row[column] *= scales[column];
            }

            row[..(Columns / 2)].CopyTo(new Span<float>(destination, Columns / 2));
            row[(Columns / 2)..].CopyTo(new Span<float>(destination + halves, Columns / 2));
            source += Columns * type.SizeInBytes;
            destination += stride;
        }
    }
}

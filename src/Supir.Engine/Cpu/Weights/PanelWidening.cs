using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Supir.Engine.Weights;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Widens a panel of packed weights to single precision, 32 columns at a time.</summary>
internal static unsafe class PanelWidening
{
    private const int Columns = PackedMatrix.PanelColumns;

    /// <summary>Writes depth × 32 numbers: the stored ones, times the column's scale for Int8.</summary>
    public static void Widen(DType type, byte* source, int depth, float* scales, float* destination)
    {
        long count = (long)depth * Columns;
        if (InstructionSets.Best != InstructionSet.Scalar && type == DType.Float16)
        {
            WidenHalves((ushort*)source, count, destination);
        }
        else if (InstructionSets.Best != InstructionSet.Scalar && type == DType.BFloat16)
        {
            WidenBFloats((ushort*)source, count, destination);
        }
        else if (InstructionSets.Best != InstructionSet.Scalar && type == DType.Int8)
        {
            WidenIntegers((sbyte*)source, depth, scales, destination);
        }
        else
        {
            WidenScalar(type, source, depth, scales, destination);
        }
    }

    // A half is sign, 5 bits of exponent with bias 15, 10 bits of mantissa. Moved into a single's places, its exponent is
    // too small by the difference of the biases, 112; a product with 2^112 sets that right, subnormal halves included.
    // Infinities and NaN do not survive; the packer refuses them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenHalves(ushort* source, long count, float* destination)
    {
        Vector256<float> rescale = Vector256.Create(BitConverter.UInt32BitsToSingle((112u + 127u) << 23));
        Vector256<int> magnitudeMask = Vector256.Create(0x7FFF);
        Vector256<int> signMask = Vector256.Create(0x8000);
        for (long i = 0; i < count; i += 8)
        {
            Vector256<int> bits = Avx2.ConvertToVector256Int32(source + i);
            Vector256<float> magnitude = ((bits & magnitudeMask) << 13).AsSingle() * rescale;
            (magnitude | ((bits & signMask) << 16).AsSingle()).StoreAligned(destination + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenBFloats(ushort* source, long count, float* destination)
    {
        for (long i = 0; i < count; i += 8)
        {
            (Avx2.ConvertToVector256Int32(source + i) << 16).AsSingle().StoreAligned(destination + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenIntegers(sbyte* source, int depth, float* scales, float* destination)
    {
        Vector256<float> s0 = Vector256.Load(scales);
        Vector256<float> s1 = Vector256.Load(scales + 8);
        Vector256<float> s2 = Vector256.Load(scales + 16);
        Vector256<float> s3 = Vector256.Load(scales + 24);
        for (int k = 0; k < depth; k++)
        {
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source)) * s0).StoreAligned(destination);
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source + 8)) * s1).StoreAligned(destination + 8);
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source + 16)) * s2).StoreAligned(destination + 16);
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source + 24)) * s3).StoreAligned(destination + 24);
            source += Columns;
            destination += Columns;
        }
    }

    private static void WidenScalar(DType type, byte* source, int depth, float* scales, float* destination)
    {
        for (int k = 0; k < depth; k++)
        {
            Span<float> row = new(destination, Columns);
            WeightConversion.Widen(type, source, row);
            for (int column = 0; column < Columns; column++)
            {
                row[column] *= scales[column];
            }

            source += Columns * type.SizeInBytes;
            destination += Columns;
        }
    }
}

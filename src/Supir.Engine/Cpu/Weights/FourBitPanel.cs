using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Kernels;

namespace Supir.Engine.Cpu.Weights;

/// <summary>A panel of 32 columns in 4 bits: w = s · (n − 8) with n from 0 to 15 and a half-precision s for each 64 rows of a column.</summary>
/// <remarks>A group of 64 rows is 1088 bytes: 32 factors, then for each 8 rows the 32 columns as words of 32 bits, whose lowest four
/// bits are the first row. So a vector of words, shifted by 0, 4, … 28, gives the numbers of a row side by side. Rows behind the last
/// are 8, which is 0.</remarks>
internal static unsafe class FourBitPanel
{
    /// <summary>Rows that share a factor.</summary>
    public const int GroupRows = Engine.Weights.FourBitGroups.Inputs;

    /// <summary>Bytes of a group.</summary>
    public const int GroupBytes = (Columns * sizeof(ushort)) + (GroupRows * Columns / 2);

    /// <summary>What the number of a zero is.</summary>
    public const int Zero = 8;

    /// <summary>Rows of a word.</summary>
    public const int WordRows = 8;

    /// <summary>Bits of a number.</summary>
    public const int Bits = 4;

    private const int Columns = PackedMatrix.PanelColumns;
    private const int Lanes = 8;
    private const int Largest = 15;

    /// <summary>Groups of a panel.</summary>
    public static int GroupsOf(int depth) => (depth + GroupRows - 1) / GroupRows;

    /// <summary>Bytes of a panel.</summary>
    public static long BytesFor(int depth) => (long)GroupsOf(depth) * GroupBytes;

    /// <summary>Rounds a panel [depth][32].</summary>
    public static void Round(float* source, int depth, byte* target)
    {
        float* padded = stackalloc float[GroupRows * Columns];
        for (int first = 0; first < depth; first += GroupRows)
        {
            float* rows = source + ((long)first * Columns);
            if (depth - first < GroupRows)
            {
                new Span<float>(padded, GroupRows * Columns).Clear();
                new ReadOnlySpan<float>(rows, (depth - first) * Columns).CopyTo(new Span<float>(padded, GroupRows * Columns));
                rows = padded;
            }

            for (int column = 0; column < Columns; column += Lanes)
            {
                RoundGroup(rows + column, (Half*)target + column, (int*)(target + (Columns * sizeof(ushort))) + column);
            }

            target += GroupBytes;
        }
    }

    /// <summary>Writes a panel as singles, laid out as <see cref="ProductWeights.StrideB"/> and <see cref="ProductWeights.HalvesOfB"/> say.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(byte* source, int depth, nint strideB, nint halvesOfB, float* target)
    {
        for (int first = 0; first < depth; first += GroupRows)
        {
            int rows = Math.Min(GroupRows, depth - first);
            for (int column = 0; column < Columns; column += Lanes)
            {
                Vector256<float> scale = HalfVector.Widen8((ushort*)source + column);
                int* words = (int*)(source + (Columns * sizeof(ushort))) + column;
                float* place = target + (column < Columns / 2 ? column : halvesOfB + column - (Columns / 2));
                for (int row = 0; row < rows; row++)
                {
                    Vector256<int> numbers = (Vector256.Load(words + (row / WordRows * Columns)) >>> (row % WordRows * Bits)) & Vector256.Create(Largest);
                    (Vector256.ConvertToSingle(numbers - Vector256.Create(Zero)) * scale).Store(place + ((first + row) * strideB));
                }
            }

            source += GroupBytes;
        }
    }

    /// <summary>Rounds 64 rows of eight columns: the number of largest magnitude becomes −8, and the factor is then the one that fits all
    /// numbers best in the sense of least squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RoundGroup(float* rows, Half* scales, int* words)
    {
        Vector256<float> extreme = default;
        for (int row = 0; row < GroupRows; row++)
        {
            Vector256<float> x = Vector256.Load(rows + (row * Columns));
            extreme = Vector256.ConditionalSelect(Vector256.GreaterThan(Vector256.Abs(x), Vector256.Abs(extreme)), x, extreme);
        }

        Vector256<float> isZero = Vector256.Equals(extreme, Vector256<float>.Zero);
        Vector256<float> inverse = Vector256.ConditionalSelect(isZero, Vector256<float>.Zero, Vector256.Create(-(float)Zero) / extreme);
        Vector256<float> products = default;
        Vector256<float> squares = default;
        for (int word = 0; word < GroupRows / WordRows; word++)
        {
            Vector256<int> bits = default;
            for (int row = 0; row < WordRows; row++)
            {
                Vector256<float> x = Vector256.Load(rows + (((word * WordRows) + row) * Columns));
                Vector256<float> level = Vector256.Min(Vector256.Round(x * inverse), Vector256.Create((float)(Largest - Zero)));
                level = Vector256.Max(level, Vector256.Create(-(float)Zero));
                products += x * level;
                squares += level * level;
                bits |= (Vector256.ConvertToInt32(level) + Vector256.Create(Zero)) << (row * Bits);
            }

            bits.Store(words + (word * Columns));
        }

        Vector256<float> scale = Vector256.ConditionalSelect(isZero, Vector256<float>.Zero, products / squares);
        for (int column = 0; column < Lanes; column++)
        {
            scales[column] = (Half)scale[column];
        }
    }
}

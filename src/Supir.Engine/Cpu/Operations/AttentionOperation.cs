using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>Attention block by block, never holding the scores: a running maximum and sum for each query, as in flash attention
/// (Dao et al. 2022, arXiv:2205.14135), with everything transposed.</summary>
/// <remarks>
/// For 32 queries, Sᵀ = K · Qᵀ is a product whose A is the key matrix where it lies and whose 32 columns are the queries. Maximum,
/// exponential and sum then run over whole vectors of queries, without a horizontal step, and Pᵀ is already the right-hand side
/// of Oᵀ = Vᵀ · Pᵀ, whose A is the value matrix where it lies, read transposed. Nothing is packed but the queries.
/// </remarks>
internal sealed unsafe class AttentionOperation : CpuOperation
{
    private const int Columns = TileKernel.Columns;
    private const int Lanes = 8;

    /// <summary>Queries of a unit: four panels share each block of keys while it is in the cache; fewer where the threads are many.</summary>
    private const int MostPanelsPerUnit = 4;

    /// <summary>Keys of a block: 24 full tiles; the scores of a panel are 42 kB.</summary>
    private const int KeysPerBlock = 336;

    private const float Log2E = 1.44269504f;

    private readonly MatrixView _query;
    private readonly MatrixView _key;
    private readonly MatrixView _value;
    private readonly MatrixView _result;
    private readonly int _batch;
    private readonly int _queries;
    private readonly int _keys;
    private readonly int _heads;
    private readonly int _depth;
    private readonly bool _causal;
    private readonly int _blocks;

    /// <summary>Describes attention over all heads, to be cut for so many threads.</summary>
    public AttentionOperation(
        MatrixView query, MatrixView key, MatrixView value, MatrixView result, int batch, int queries, int keys, int heads, bool causal,
        int threads)
    {
        _query = query;
        _key = key;
        _value = value;
        _result = result;
        _batch = batch;
        _queries = queries;
        _keys = keys;
        _heads = heads;
        _depth = query.Channels / heads;
        _causal = causal;
        int panels = (int)((long)batch * heads * DivideUp(queries, Columns) / (LeastUnitsPerThread * threads));
        _blocks = DivideUp(queries, Math.Clamp(panels, 1, MostPanelsPerUnit) * Columns);
    }

    /// <inheritdoc/>
    public override string Name => $"attention {_batch}x{_heads}x{_queries}x{_keys} d{_depth}";

    /// <inheritdoc/>
    public override int Units => _batch * _heads * _blocks;

    /// <inheritdoc/>
    public override double Flops => 4.0 * _batch * _heads * _depth * _queries * _keys;

    /// <summary>Bytes that a thread needs for heads of a depth.</summary>
    public static long ScratchBytesFor(int depth) =>
        (long)((2 * MostPanelsPerUnit * depth) + KeysPerBlock + (2 * MostPanelsPerUnit)) * Columns * sizeof(float);

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        // Blocks of one head are neighbours, so that its keys stay in the shared cache.
        int block = unit % _blocks;
        int head = unit / _blocks % _heads;
        int image = unit / _blocks / _heads;
        int firstQuery = Cut(_queries, block, _blocks);
        int queryCount = Cut(_queries, block + 1, _blocks) - firstQuery;
        int panels = DivideUp(queryCount, Columns);

        float* queries = (float*)scratch;                                     // [panel][depth][32]
        float* outputs = queries + ((long)MostPanelsPerUnit * _depth * Columns);  // [panel][depth][32]
        float* scores = outputs + ((long)MostPanelsPerUnit * _depth * Columns);   // [keys][32]
        float* maxima = scores + (KeysPerBlock * Columns);                    // [panel][32]
        float* sums = maxima + (MostPanelsPerUnit * Columns);                     // [panel][32]

        long firstRow = ((long)image * _queries) + firstQuery;
        PackQueries(queries, firstRow, queryCount, head * _depth);
        new Span<float>(outputs, panels * _depth * Columns).Clear();
        new Span<float>(maxima, panels * Columns).Fill(float.NegativeInfinity);
        new Span<float>(sums, panels * Columns).Clear();

        int keyEnd = _causal ? Math.Min(_keys, firstQuery + queryCount) : _keys;
        for (int key = 0; key < keyEnd; key += KeysPerBlock)
        {
            int keyCount = Math.Min(KeysPerBlock, keyEnd - key);
            long keyRow = ((long)image * _keys) + key;
            for (int panel = 0; panel < panels; panel++)
            {
                float* output = outputs + ((long)panel * _depth * Columns);
                MultiplyKeys(keyRow, keyCount, head * _depth, queries + ((long)panel * _depth * Columns), scores);
                if (_causal)
                {
                    HideLaterKeys(scores, key, keyCount, firstQuery + (panel * Columns));
                }

                Exponentiate(scores, keyCount, maxima + (panel * Columns), sums + (panel * Columns), output, _depth);
                MultiplyValues(keyRow, keyCount, head * _depth, scores, output);
            }
        }

        for (int panel = 0; panel < panels; panel++)
        {
            int count = Math.Min(Columns, queryCount - (panel * Columns));
            Write(outputs + ((long)panel * _depth * Columns), sums + (panel * Columns), firstRow + (panel * Columns), count, head * _depth);
        }
    }

    /// <summary>Transposes the queries into panels and scales them by log₂e / √depth, so that scores are exponents of two.</summary>
    private void PackQueries(float* target, long firstRow, int count, int channel)
    {
        float scale = Log2E / MathF.Sqrt(_depth);
        for (int start = 0; start < count; start += Columns)
        {
            int columns = Math.Min(Columns, count - start);
            if (columns < Columns)
            {
                new Span<float>(target, _depth * Columns).Clear();
            }

            MatrixTranspose.Scaled(_query.Row(firstRow + start) + channel, _query.RowStride, target, Columns, columns, _depth, scale);
            target += (long)_depth * Columns;
        }
    }

    /// <summary>scores[keys × 32] = K[keys × depth] · Qᵀ[depth × 32].</summary>
    private void MultiplyKeys(long keyRow, int keyCount, int channel, float* queries, float* scores)
    {
        nint noOffset = 0;
        TileArguments arguments = new()
        {
            Segments = &noOffset,
            SegmentCount = 1,
            Count = _depth,
            RowStride = (nint)_key.RowStride * sizeof(float),
            DepthStride = sizeof(float),
            StrideB = Columns,
            HalvesOfB = Columns / 2,
            StrideC = Columns,
        };

        // Block by block, here and below: of 512 channels, keys and values do not stay near from one half of the columns to the other, which
        // costs a seventh of the speed with AVX2.
        int tiles = TileKernel.BlockCount(keyCount);
        for (int tile = 0; tile < tiles; tile++)
        {
            int row = Cut(keyCount, tile, tiles);
            int height = Cut(keyCount, tile + 1, tiles) - row;
            TileKernel.Multiply(height, in arguments, (byte*)(_key.Row(keyRow + row) + channel), queries, scores + (row * Columns));
        }
    }

    /// <summary>output[depth × 32] += Vᵀ[depth × keys] · Pᵀ[keys × 32].</summary>
    private void MultiplyValues(long keyRow, int keyCount, int channel, float* probabilities, float* output)
    {
        nint noOffset = 0;
        TileArguments arguments = new()
        {
            Segments = &noOffset,
            SegmentCount = 1,
            Count = keyCount,
            RowStride = sizeof(float),
            DepthStride = (nint)_value.RowStride * sizeof(float),
            StrideB = Columns,
            HalvesOfB = Columns / 2,
            StrideC = Columns,
            Accumulate = true,
        };
        int tiles = TileKernel.BlockCount(_depth);
        for (int tile = 0; tile < tiles; tile++)
        {
            int row = Cut(_depth, tile, tiles);
            int height = Cut(_depth, tile + 1, tiles) - row;
            TileKernel.Multiply(height, in arguments, (byte*)(_value.Row(keyRow) + channel + row), probabilities, output + ((long)row * Columns));
        }
    }

    private static void HideLaterKeys(float* scores, int key, int keyCount, int firstQuery)
    {
        for (int k = 0; k < keyCount; k++)
        {
            int visibleFrom = Math.Clamp(key + k - firstQuery, 0, Columns);
            new Span<float>(scores + (k * Columns), visibleFrom).Fill(float.NegativeInfinity);
        }
    }

    /// <summary>Turns scores into 2^(score − maximum), and brings sum and output to the new maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Exponentiate(float* scores, int keyCount, float* maxima, float* sums, float* output, int depth)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            ExponentiateScalar(scores, keyCount, maxima, sums, output, depth);
            return;
        }

        for (int lane = 0; lane < Columns; lane += Lanes)
        {
            float* column = scores + lane;
            Vector256<float> before = Vector256.Load(maxima + lane);
            Vector256<float> maximum = before;
            for (int k = 0; k < keyCount; k++)
            {
                maximum = Vector256.MaxNative(maximum, Vector256.Load(column + (k * Columns)));
            }

            // A query that has seen no key yet keeps -inf; 0 in its place avoids inf - inf, and all its terms are 2^-inf = 0.
            Vector256<float> reference = Vector256.ConditionalSelect(
                Vector256.Equals(maximum, Vector256.Create(float.NegativeInfinity)), Vector256<float>.Zero, maximum);
            Vector256<float> sum = Vector256<float>.Zero;
            for (int k = 0; k < keyCount; k++)
            {
                Vector256<float> p = VectorMath.Exp2(Vector256.Load(column + (k * Columns)) - reference);
                p.Store(column + (k * Columns));
                sum += p;
            }

            Vector256<float> correction = VectorMath.Exp2(before - reference);
            maximum.Store(maxima + lane);
            Vector256.FusedMultiplyAdd(Vector256.Load(sums + lane), correction, sum).Store(sums + lane);
            if (!Vector256.EqualsAll(before, maximum))
            {
                for (int d = 0; d < depth; d++)
                {
                    (Vector256.Load(output + (d * Columns) + lane) * correction).Store(output + (d * Columns) + lane);
                }
            }
        }
    }

    private static void ExponentiateScalar(float* scores, int keyCount, float* maxima, float* sums, float* output, int depth)
    {
        for (int lane = 0; lane < Columns; lane++)
        {
            float maximum = maxima[lane];
            for (int k = 0; k < keyCount; k++)
            {
                maximum = MathF.Max(maximum, scores[(k * Columns) + lane]);
            }

            float reference = float.IsNegativeInfinity(maximum) ? 0f : maximum;
            float sum = 0f;
            for (int k = 0; k < keyCount; k++)
            {
                float p = VectorMath.Exp2(scores[(k * Columns) + lane] - reference);
                scores[(k * Columns) + lane] = p;
                sum += p;
            }

            float correction = VectorMath.Exp2(maxima[lane] - reference);
            maxima[lane] = maximum;
            sums[lane] = MathF.FusedMultiplyAdd(sums[lane], correction, sum);
            for (int d = 0; d < depth; d++)
            {
                output[(d * Columns) + lane] *= correction;
            }
        }
    }

    /// <summary>Divides by the sums and writes the transpose.</summary>
    private void Write(float* output, float* sums, long firstRow, int count, int channel)
    {
        float* inverses = stackalloc float[Columns];
        for (int column = 0; column < Columns; column++)
        {
            inverses[column] = 1f / sums[column];
        }

        for (int d = 0; d < _depth; d++)
        {
            float* row = output + (d * Columns);
            int column = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                for (; column < Columns; column += Lanes)
                {
                    (Vector256.Load(row + column) * Vector256.Load(inverses + column)).Store(row + column);
                }
            }

            for (; column < Columns; column++)
            {
                row[column] *= inverses[column];
            }
        }

        MatrixTranspose.Scaled(output, Columns, _result.Row(firstRow) + channel, _result.RowStride, _depth, count, 1f);
    }
}

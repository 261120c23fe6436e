using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Operations;

/// <summary>Attention of few queries to the many rows of a state. Each row is read once, so memory sets the pace: no tiles, no transposes.</summary>
internal sealed unsafe class CachedAttentionOperation(
    MatrixView query, StateView keys, StateView values, MatrixView position, MatrixView result, int rows) : CpuOperation
{
    private const int Lanes = 8;
    private const float Log2E = 1.44269504f;

    private readonly int _depth = keys.State.HeadChannels;

    /// <inheritdoc/>
    public override string Name => $"cached attention {rows}x{keys.State.Heads} d{_depth}";

    /// <inheritdoc/>
    public override int Units => rows * keys.State.Heads;

    /// <summary>Bytes that a thread needs: a weight for each row.</summary>
    public static long ScratchBytesFor(State state) => AlignedMemory.Align((long)state.Positions * sizeof(float));

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        int row = unit / keys.State.Heads;
        int head = unit % keys.State.Heads;
        int seen = keys.PositionOf(position, rows) + row + 1;
        float* q = query.Row(row) + (head * _depth);
        float* y = result.Row(row) + (head * _depth);
        if (keys.State.Type == DType.Float32)
        {
            Attend<SingleRow>(q, keys.Row(head, 0), values.Row(head, 0), seen, (float*)scratch, y);
        }
        else
        {
            Attend<HalfRow>(q, keys.Row(head, 0), values.Row(head, 0), seen, (float*)scratch, y);
        }
    }

    private void Attend<T>(float* q, byte* key, byte* value, int seen, float* weights, float* y)
        where T : struct, IRowFormat
    {
        long rowBytes = (long)_depth * keys.State.Type.SizeInBytes;
        float scale = Log2E / MathF.Sqrt(_depth); // so that scores are exponents of two
        float largest = float.NegativeInfinity;
        for (int i = 0; i < seen; i++)
        {
            weights[i] = scale * Dot<T>(q, key + (i * rowBytes), _depth);
            largest = MathF.Max(largest, weights[i]);
        }

        float sum = Exponentiate(weights, seen, largest);
        new Span<float>(y, _depth).Clear();
        for (int i = 0; i < seen; i++)
        {
            AddRow<T>(weights[i], value + (i * rowBytes), y, _depth);
        }

        float inverse = 1f / sum;
        for (int d = 0; d < _depth; d++)
        {
            y[d] *= inverse;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot<T>(float* q, byte* key, int depth)
        where T : struct, IRowFormat
    {
        Vector256<float> first = default;
        Vector256<float> second = default;
        int d = 0;
        for (; d + (2 * Lanes) <= depth; d += 2 * Lanes)
        {
            first = Vector256.FusedMultiplyAdd(Vector256.Load(q + d), T.Load(key, d), first);
            second = Vector256.FusedMultiplyAdd(Vector256.Load(q + d + Lanes), T.Load(key, d + Lanes), second);
        }

        float sum = Vector256.Sum(first + second);
        for (; d < depth; d++)
        {
            sum += q[d] * T.LoadOne(key, d);
        }

        return sum;
    }

    /// <summary>weights = 2^(weights − largest); returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentiate(float* weights, int count, float largest)
    {
        Vector256<float> sums = default;
        int i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            Vector256<float> p = VectorMath.Exp2(Vector256.Load(weights + i) - Vector256.Create(largest));
            p.Store(weights + i);
            sums += p;
        }

        float sum = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            weights[i] = VectorMath.Exp2(weights[i] - largest);
            sum += weights[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow<T>(float weight, byte* value, float* y, int depth)
        where T : struct, IRowFormat
    {
        Vector256<float> weights = Vector256.Create(weight);
        int d = 0;
        for (; d + Lanes <= depth; d += Lanes)
        {
            Vector256.FusedMultiplyAdd(weights, T.Load(value, d), Vector256.Load(y + d)).Store(y + d);
        }

        for (; d < depth; d++)
        {
            y[d] = MathF.FusedMultiplyAdd(weight, T.LoadOne(value, d), y[d]);
        }
    }
}

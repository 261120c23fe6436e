using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>x / √(mean(x²) + ε) · γ for each row.</summary>
internal sealed unsafe class RmsNormOperation(MatrixView source, MatrixView result, float[] gamma, float epsilon, int rows)
    : RowOperation("rmsnorm", rows, result.Channels)
{
    private const int Lanes = 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRow(int row)
    {
        float* x = source.Row(row);
        float* y = result.Row(row);
        int channels = result.Channels;
        Vector256<float> squares = default;
        float sum = 0f;
        int c = 0;
        for (; c + Lanes <= channels; c += Lanes)
        {
            Vector256<float> part = Vector256.Load(x + c);
            squares = Vector256.FusedMultiplyAdd(part, part, squares);
        }

        for (; c < channels; c++)
        {
            sum += x[c] * x[c];
        }

        float factor = 1f / MathF.Sqrt(((Vector256.Sum(squares) + sum) / channels) + epsilon);
        fixed (float* g = gamma)
        {
            for (c = 0; c + Lanes <= channels; c += Lanes)
            {
                (Vector256.Load(x + c) * factor * Vector256.Load(g + c)).Store(y + c);
            }

            for (; c < channels; c++)
            {
                y[c] = x[c] * factor * g[c];
            }
        }
    }
}

/// <summary>silu(first) · second of the two halves of a row.</summary>
internal sealed unsafe class SwigluOperation(MatrixView source, MatrixView result, int rows)
    : RowOperation("swiglu", rows, result.Channels)
{
    private const int Lanes = 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRow(int row)
    {
        float* gate = source.Row(row);
        float* value = gate + result.Channels;
        float* y = result.Row(row);
        int c = 0;
        for (; c + Lanes <= result.Channels; c += Lanes)
        {
            (VectorMath.Swish(Vector256.Load(gate + c), 1f) * Vector256.Load(value + c)).Store(y + c);
        }

        for (; c < result.Channels; c++)
        {
            y[c] = VectorMath.Swish(gate[c], 1f) * value[c];
        }
    }
}

/// <summary>Turns the pairs (i, i + d/2) of every head by an angle that grows with the row's place and falls with i.</summary>
internal sealed unsafe class RopeOperation : RowOperation
{
    private readonly MatrixView _source;
    private readonly MatrixView _position;
    private readonly MatrixView _result;
    private readonly int _heads;
    private readonly float[] _frequencies;

    /// <summary>Describes the turning; the frequencies are rounded as torch rounds them.</summary>
    public RopeOperation(MatrixView source, MatrixView position, MatrixView result, int rows, int heads, float theta)
        : base("rope", rows, result.Channels)
    {
        _source = source;
        _position = position;
        _result = result;
        _heads = heads;
        int depth = result.Channels / heads;
        _frequencies = [.. Enumerable.Range(0, depth / 2).Select(i => 1f / MathF.Pow(theta, 2f * i / depth))];
    }

    /// <inheritdoc/>
    protected override void RunRow(int row)
    {
        int half = _frequencies.Length;
        float place = *_position.Row(0) + row;
        float* sines = stackalloc float[2 * half];
        float* cosines = sines + half;
        for (int i = 0; i < half; i++)
        {
            (sines[i], cosines[i]) = MathF.SinCos(place * _frequencies[i]);
        }

        for (int head = 0; head < _heads; head++)
        {
            float* x = _source.Row(row) + (2 * head * half);
            float* y = _result.Row(row) + (2 * head * half);
            for (int i = 0; i < half; i++)
            {
                (float a, float b) = (x[i], x[half + i]);
                y[i] = (a * cosines[i]) - (b * sines[i]);
                y[half + i] = (b * cosines[i]) + (a * sines[i]);
            }
        }
    }
}

/// <summary>Writes rows into a state.</summary>
internal sealed unsafe class AppendOperation(MatrixView source, MatrixView position, StateView state, int rows)
    : RowOperation("append", rows, state.State.Channels)
{
    private readonly int _rows = rows;

    /// <inheritdoc/>
    protected override void RunRow(int row)
    {
        int place = state.PositionOf(position, _rows) + row;
        int depth = state.State.HeadChannels;
        for (int head = 0; head < state.State.Heads; head++)
        {
            float* x = source.Row(row) + (head * depth);
            byte* y = state.Row(head, place);
            if (state.State.Type == DType.Float32)
            {
                Copy<SingleRow>(x, y, depth);
            }
            else
            {
                Copy<HalfRow>(x, y, depth);
            }
        }
    }

    private static void Copy<T>(float* x, byte* y, int count)
        where T : struct, IRowFormat
    {
        for (int i = 0; i < count; i++)
        {
            T.Store(y, i, x[i]);
        }
    }
}

namespace Supir.Engine.Random;

/// <summary>The random numbers of torch's CUDA generator: Philox, turned into normal numbers as cuRAND does.</summary>
/// <remarks>Every thread of the kernel has its own Philox stream and takes four numbers a turn, for elements one grid apart; so the
/// numbers depend on the grid, which for large tensors (on an H100 more than 270,336 elements) is bounded by the device.
/// A 16-bit tensor is the Float32 one, rounded. Equal to a GPU's numbers to 1e-6, the logarithm and the sine being the CPU's.
/// Source: ATen/native/cuda/DistributionTemplates.h in PyTorch; the cuRAND device API's documentation.</remarks>
public sealed class TorchCudaGenerator : IResumableGenerator
{
    /// <summary>Streaming multiprocessors of an H100 or H200 (SXM).</summary>
    public const int H100Multiprocessors = 132;

    /// <summary>Threads that a multiprocessor of an H100 holds at most.</summary>
    public const int H100ThreadsPerMultiprocessor = 2048;

    private const int BlockLength = 256;
    private const int NumbersPerDraw = 4;

    /// <summary>Draws that are worth a thread: some 50 µs.</summary>
    private const int LeastParallelDraws = 512;
    private const float UniformUnit = 2.3283064e-10f; // 2^−32
    private const float AngleUnit = UniformUnit * 6.2831855f; // 2π · 2^−32
    private const float TurnsPerRadian = 0.15915494f; // 1 / 2π

    private readonly ulong _seed;
    private readonly long _mostBlocks;
    private ulong _offset;

    /// <summary>Starts the stream of a seed, as <c>torch.cuda.manual_seed</c> does, on a device like the one described.</summary>
    /// <param name="seed">The seed; all its 64 bits count.</param>
    /// <param name="multiprocessors">How many multiprocessors the device has.</param>
    /// <param name="threadsPerMultiprocessor">How many threads each of them holds; at least 256.</param>
    /// <exception cref="ArgumentOutOfRangeException">A device without room for one block of 256 threads.</exception>
    public TorchCudaGenerator(
        ulong seed,
        int multiprocessors = H100Multiprocessors,
        int threadsPerMultiprocessor = H100ThreadsPerMultiprocessor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(multiprocessors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threadsPerMultiprocessor, BlockLength);
        _seed = seed;
        _mostBlocks = (long)multiprocessors * (threadsPerMultiprocessor / BlockLength);
    }

    /// <inheritdoc/>
    public byte[] SaveState() => BitConverter.GetBytes(_offset);

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> state) => _offset = state.Length == sizeof(ulong)
        ? BitConverter.ToUInt64(state)
        : throw new ArgumentException($"A state of torch's CUDA generator has {sizeof(ulong)} bytes, not {state.Length}.", nameof(state));

    /// <inheritdoc/>
    public void Normal(Span<float> destination, DType type = DType.Float32)
    {
        _ = FloatRounding.Digits(type); // refuses a type before the stream moves
        if (destination.IsEmpty)
        {
            return;
        }

        long blocks = Math.Min(_mostBlocks, (destination.Length + (long)BlockLength - 1) / BlockLength);
        long threads = blocks * BlockLength;
        long turns = ((destination.Length - 1) / (threads * NumbersPerDraw)) + 1;
        for (long turn = 0; turn < turns; turn++)
        {
            ulong draw = (_offset / NumbersPerDraw) + (ulong)turn;
            long start = turn * threads * NumbersPerDraw;
            long drawing = Math.Min(threads, destination.Length - start);
            if (drawing < LeastParallelDraws)
            {
                Fill(destination, start, 0, drawing, threads, draw, type);
            }
            else
            {
                FillInParallel(destination, start, drawing, threads, draw, type);
            }
        }

        _offset += (ulong)turns * NumbersPerDraw;
    }

    /// <summary>Every thread's numbers follow from its own number alone, so that threads of ours may share them in any way.</summary>
    private unsafe void FillInParallel(Span<float> destination, long start, long drawing, long threads, ulong draw, DType type)
    {
        int length = destination.Length;
        fixed (float* pointer = destination)
        {
            float* elements = pointer;
            Parallel.For(0, (drawing + LeastParallelDraws - 1) / LeastParallelDraws, part => Fill(
                new Span<float>(elements, length), start, part * LeastParallelDraws, Math.Min(drawing, (part + 1) * LeastParallelDraws), threads, draw, type));
        }
    }

    private void Fill(Span<float> destination, long start, long from, long to, long threads, ulong draw, DType type)
    {
        for (long thread = from; thread < to; thread++)
        {
            FillOneDraw(destination, start + thread, threads, Philox.At(_seed, draw, (ulong)thread), type);
        }
    }

    private static void FillOneDraw(
        Span<float> destination, long first, long distance, (uint X, uint Y, uint Z, uint W) bits, DType type)
    {
        (float n0, float n1) = NormalPair(bits.X, bits.Y);
        (float n2, float n3) = NormalPair(bits.Z, bits.W);
        ReadOnlySpan<float> numbers = [n0, n1, n2, n3];
        for (int i = 0; i < NumbersPerDraw && first + (i * distance) < destination.Length; i++)
        {
            destination[(int)(first + (i * distance))] = FloatRounding.Round(numbers[i], type);
        }
    }

    // The uniform numbers lie in the middle of their steps of 2^−32, so that the logarithm never sees 0.
    private static (float WithSine, float WithCosine) NormalPair(uint x, uint y)
    {
        float uniform = MathF.FusedMultiplyAdd(x, UniformUnit, UniformUnit / 2f);
        float angle = MathF.FusedMultiplyAdd(y, AngleUnit, AngleUnit / 2f);
        float radius = MathF.Sqrt(-2f * MathF.Log(uniform));

        // cuRAND asks for the device's quick sine, which first turns radians into turns and cuts the product off:
        // the error of that step, up to 6e-7, is by far the largest part of how the quick sine differs from the true one.
        float turns = TruncateToSingle((double)angle * TurnsPerRadian);
        (double sine, double cosine) = Math.SinCos(2.0 * Math.PI * turns);
        return (radius * (float)sine, radius * (float)cosine);
    }

    private static float TruncateToSingle(double value)
    {
        const ulong BitsThatSingleLacks = (1ul << 29) - 1;
        return (float)BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(value) & ~BitsThatSingleLacks);
    }
}

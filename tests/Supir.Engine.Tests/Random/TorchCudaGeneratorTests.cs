using Supir.Engine.Random;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Tests.Random;

public sealed class TorchCudaGeneratorTests
{
    // The GPU's quick sine and its logarithm are not the CPU's: a few units in the last place, times a radius of up to 6.
    private const double DeviceMathematics = 1e-6;

    // A number next to a rounding boundary may fall on its other side: one unit in the last place, for very few.
    private const double HalfUnit = 1.0 / 1024;
    private const int MostRoundedOtherwise = 3;

    // torch 2.11 on an H200; the file's metadata holds the script.
    private static readonly GoldenTensors Streams = GoldenTensors.Open("random_streams.safetensors");

    [Theory]
    [InlineData(0)]
    [InlineData(1234)]
    public void Consecutive_draws_agree_with_torch(ulong seed)
    {
        GoldenTensors golden = GoldenTensors.Open("random.safetensors");
        TorchCudaGenerator generator = new(seed);

        Close(golden.Floats($"cuda.{seed}.a"), Draw(generator, 4 * 16 * 16));
        Close(golden.Floats($"cuda.{seed}.b"), EveryNth(Draw(generator, 4 * 128 * 128), 97));
        Close(golden.Floats($"cuda.{seed}.c"), Draw(generator, 7));
        CloseButForRounding(golden.Floats($"cuda.{seed}.half"), Draw(generator, 4 * 16 * 16, DType.Float16));
        Assert.Equal(golden.Floats($"cuda.{seed}.bf16"), Draw(generator, 4 * 16 * 16, DType.BFloat16));
        Close(golden.Floats($"cuda.{seed}.big"), EveryNth(Draw(generator, 4 * 512 * 512), 4093));
    }

    [Fact]
    public void Sizes_around_the_block_and_the_grid_agree_with_torch()
    {
        TorchCudaGenerator generator = new((1ul << 40) + 7);

        foreach (int length in (int[])[1, 255, 257, 1023, 1025])
        {
            Close(Streams.Floats($"cuda.{length}"), Draw(generator, length));
        }

        // One more than a full grid, one more than a full grid of four numbers a thread, and several turns.
        foreach (int length in (int[])[270_337, 1_081_345, 3_000_001])
        {
            Close(Streams.Floats($"cuda.{length}"), Draw(generator, length)[^300..]);
        }

        CloseButForRounding(Streams.Floats("cuda.half.1001"), Draw(generator, 1001, DType.Float16));

        float[] large = Draw(generator, 4 * 1024 * 1024);
        Close(Streams.Floats("cuda.extreme"), [.. Streams.Integers("cuda.extreme.index").Select(index => large[index])]);
    }

    [Fact]
    public void Every_bit_of_the_seed_counts()
    {
        Assert.NotEqual(Draw(new TorchCudaGenerator(7), 40), Draw(new TorchCudaGenerator(7 + (1ul << 32)), 40));
    }

    [Fact]
    public void The_device_counts_only_when_its_grid_is_full()
    {
        const int OneBlockPerMultiprocessor = 256;
        TorchCudaGenerator small = new(5, multiprocessors: 4, threadsPerMultiprocessor: OneBlockPerMultiprocessor);
        TorchCudaGenerator large = new(5);

        Assert.Equal(Draw(large, 4 * OneBlockPerMultiprocessor), Draw(small, 4 * OneBlockPerMultiprocessor));
        Assert.NotEqual(Draw(large, 5 * OneBlockPerMultiprocessor), Draw(small, 5 * OneBlockPerMultiprocessor));
    }

    [Fact]
    public void An_empty_tensor_leaves_the_stream_where_it_is()
    {
        TorchCudaGenerator generator = new(3);
        Draw(generator, 0);

        Assert.Equal(Draw(new TorchCudaGenerator(3), 20), Draw(generator, 20));
    }

    [Fact]
    public void Impossible_types_and_devices_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Draw(new TorchCudaGenerator(0), 20, DType.Float8E4M3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TorchCudaGenerator(0, multiprocessors: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TorchCudaGenerator(0, threadsPerMultiprocessor: 255));
    }

    private static void Close(float[] expected, float[] actual) => Assertions.Close(expected, actual, absolute: DeviceMathematics);

    private static void CloseButForRounding(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        (float Expected, float Actual)[] different = [.. expected.Zip(actual).Where(pair => pair.First != pair.Second)];
        Assert.All(different, pair => Assert.InRange(pair.Actual / pair.Expected, 1 - HalfUnit, 1 + HalfUnit));
        Assert.InRange(different.Length, 0, MostRoundedOtherwise);
    }

    private static float[] EveryNth(float[] numbers, int n) => [.. numbers.Where((_, index) => index % n == 0)];

    private static float[] Draw(TorchCudaGenerator generator, int length, DType type = DType.Float32)
    {
        float[] numbers = new float[length];
        generator.Normal(numbers, type);
        return numbers;
    }
}

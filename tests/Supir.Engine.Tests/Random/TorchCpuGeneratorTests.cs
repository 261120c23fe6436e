using Supir.Engine.Random;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Tests.Random;

public sealed class TorchCpuGeneratorTests
{
    // torch 2.11 on an x86 processor; the file's metadata holds the script.
    private static readonly GoldenTensors Streams = GoldenTensors.Open("random_streams.safetensors");

    [Theory]
    [InlineData(0)]
    [InlineData(1234)]
    public void Consecutive_draws_have_the_bits_of_torch(ulong seed)
    {
        GoldenTensors golden = GoldenTensors.Open("random.safetensors");
        TorchCpuGenerator generator = new(seed);

        Assert.Equal(golden.Floats($"cpu.{seed}.a"), Draw(generator, 4 * 16 * 16));
        Assert.Equal(golden.Floats($"cpu.{seed}.b"), Draw(generator, 5));
    }

    [Fact]
    public void Sizes_around_the_block_of_sixteen_have_the_bits_of_torch()
    {
        TorchCpuGenerator generator = new((1ul << 32) + 7);

        foreach (int length in (int[])[15, 1, 17, 33, 2, 1001])
        {
            Assert.Equal(Streams.Floats($"cpu.{length}"), Draw(generator, length));
        }
    }

    [Theory]
    [InlineData("half", DType.Float16)]
    [InlineData("bf16", DType.BFloat16)]
    public void Tensors_of_16_bits_have_the_bits_of_torch(string name, DType type)
    {
        TorchCpuGenerator generator = new(7);

        foreach (int length in (int[])[1000, 15, 16, 4])
        {
            Assert.Equal(Streams.Floats($"cpu.{name}.{length}"), Draw(generator, length, type));
        }
    }

    [Fact]
    public void The_whole_number_drawn_after_noise_is_torchs()
    {
        TorchCpuGenerator generator = new(7);
        foreach (int length in (int[])[15, 1, 17, 33, 2, 1001])
        {
            Draw(generator, length);
        }

        // The stream of the test above, then torch.rand(8), which takes as many draws as four whole numbers.
        for (int i = 0; i < 4; i++)
        {
            generator.NextInteger();
        }

        Assert.Equal(7073146656884913154, generator.NextInteger());
    }

    [Fact]
    public void Seeds_differ_by_their_low_32_bits_only()
    {
        Assert.Equal(Draw(new TorchCpuGenerator(7), 40), Draw(new TorchCpuGenerator(7 + (5ul << 32)), 40));
        Assert.NotEqual(Draw(new TorchCpuGenerator(7), 40), Draw(new TorchCpuGenerator(8), 40));
    }

    [Fact]
    public void Seeding_again_starts_the_stream_anew_and_forgets_the_kept_number()
    {
        TorchCpuGenerator generator = new(3);
        float[] first = Draw(generator, 3);

        generator.ManualSeed(3);

        Assert.Equal(first, Draw(generator, 3));
    }

    [Fact]
    public void An_empty_tensor_leaves_the_stream_where_it_is()
    {
        TorchCpuGenerator generator = new(3);
        Draw(generator, 0);

        Assert.Equal(Draw(new TorchCpuGenerator(3), 20), Draw(generator, 20));
    }

    [Fact]
    public void Whole_number_types_are_refused()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Draw(new TorchCpuGenerator(0), 20, DType.Int8));
        Assert.Contains("Int8", refusal.Message, StringComparison.Ordinal);
    }

    private static float[] Draw(TorchCpuGenerator generator, int length, DType type = DType.Float32)
    {
        float[] numbers = new float[length];
        generator.Normal(numbers, type);
        return numbers;
    }
}

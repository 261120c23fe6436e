using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Tests;

public sealed class FourBitGroupsTests
{
    private const int Groups = 2000;

    [Fact]
    public void What_was_rounded_is_rounded_to_the_same_numbers_and_factors_again()
    {
        System.Random random = new(1);
        Span<byte> numbers = stackalloc byte[FourBitGroups.Bytes];
        Span<byte> again = stackalloc byte[FourBitGroups.Bytes];
        for (int group = 0; group < Groups; group++)
        {
            float[] weights = [.. Enumerable.Range(0, FourBitGroups.Inputs).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, (group % 7) - 4)))];
            Half scale = FourBitGroups.Round(weights, numbers);
            float[] widened = new float[FourBitGroups.Inputs];
            FourBitGroups.Widen(numbers, (float)scale, widened);
            Assert.InRange(Closeness.RelativeL2(weights, widened), 0.01, 0.15);
            Assert.Equal(scale, FourBitGroups.Round(widened, again));
            Assert.True(numbers.SequenceEqual(again));
        }
    }

    [Fact]
    public void Zeros_stay_zeros()
    {
        byte[] numbers = new byte[FourBitGroups.Bytes];
        Assert.Equal(Half.Zero, FourBitGroups.Round(new float[FourBitGroups.Inputs], numbers));
        Assert.All(numbers, pair => Assert.Equal(0x88, pair));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Weights_that_a_file_has_in_four_bits_give_the_results_of_those_rounded_when_loaded_to_the_bit(int rows)
    {
        // Whole panels and others, stacks, gates, and a stack with what is rounded only now.
        const int Depth = 192;
        Dictionary<string, float[]>[] results = new Dictionary<string, float[]>[2];
        for (int way = 0; way < results.Length; way++)
        {
            RandomWeights random = new(4);
            Weight Next(int outputs, bool isStored = true)
            {
                Weight weight = random.Next(new Shape(outputs, Depth), DType.Float16);
                return way == 1 && isStored ? RandomWeights.FourBit(weight.Name, weight.Shape, weight.ToFloats()) : weight;
            }

            LinearWeights Four(params Weight[] weights) => new(weights, []) { Precision = WeightPrecision.FourBit };
            Graph graph = new();
            Value x = graph.Input("x", new Shape(1, rows, 1, Depth));
            Value h = graph.Swiglu(graph.Linear(x, Four(Next(Depth), Next(Depth))));
            graph.Output("y", graph.Linear(h, Four(Next(45), Next(32), Next(70, isStored: false))));
            using CpuBackend cpu = new(3);
            results[way] = OpCase.Run(cpu, graph, OpCase.InputsFor(graph, seed: 6));
        }

        Assert.Equal(results[0]["y"], results[1]["y"]);
        Assert.Contains(results[0]["y"], y => y != 0);
    }

    [Fact]
    public void A_factor_that_is_no_number_is_refused_by_the_weights_name()
    {
        float[] elements = new float[128];
        elements[100] = float.MaxValue;
        Graph graph = new();
        Weight weight = RandomWeights.FourBit("large", new Shape(2, 64), elements);
        graph.Output("y", graph.Linear(graph.Input("x", new Shape(1, 1, 1, 64)), new LinearWeights(weight) { Precision = WeightPrecision.FourBit }));
        using CpuBackend cpu = new(1);
        Assert.Contains("'large'", Assert.Throws<InvalidDataException>(() => cpu.Compile(graph)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_matrices_of_whole_groups_are_kept_in_four_bits()
    {
        foreach (Shape shape in new[] { new Shape(128), new Shape(2, 65), new Shape(1, 64, 1, 1) })
        {
            Assert.Throws<ArgumentException>(() => RandomWeights.FourBit("w", shape, new float[128]));
        }
    }
}

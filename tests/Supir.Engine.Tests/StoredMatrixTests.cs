using Supir.Engine.Cpu;
using Supir.Engine.Cpu.Weights;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Tests;

public sealed class StoredMatrixTests
{
    /// <summary>A panel's columns.</summary>
    private const int Columns = 32;

    [Fact]
    public void Weights_that_stay_in_place_give_the_same_bytes_as_packed_ones()
    {
        // Depths that no vector divides, panels that are not full, stacks and gates.
        Dictionary<string, float[]>[] results = new Dictionary<string, float[]>[2];
        for (int way = 0; way < results.Length; way++)
        {
            Func<Weight, Weight> place = way == 0 ? weight => weight : Moving;
            Graph graph = new();
            RandomWeights weights = new(4);
            Weight Next(int outputs, int depth) => place(weights.Next(new Shape(outputs, depth), DType.Float16));
            Value x = graph.Input("x", new Shape(1, 5, 7, 19));
            Value h = graph.Linear(x, new LinearWeights(Next(45, 19), weights.Next(new Shape(45))));
            h = graph.Linear(h, new LinearWeights([Next(40, 45), Next(26, 45)], []));
            graph.Output("y", graph.Geglu(graph.Linear(h, new LinearWeights(Next(150, 66), weights.Next(new Shape(150))))));
            using CpuBackend cpu = new(3);
            results[way] = OpCase.Run(cpu, graph, OpCase.InputsFor(graph, seed: 6));
        }

        Assert.Equal(results[0]["y"], results[1]["y"]);
        Assert.Contains(results[0]["y"], y => y != 0);
    }

    [Fact]
    public unsafe void Every_finite_half_is_widened_to_its_own_value()
    {
        Half[] all = [.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).Where(Half.IsFinite)];
        const int Depth = 1999;
        Half[] elements = [.. Enumerable.Range(0, Columns * Depth).Select(i => all[i % all.Length])];
        Assert.InRange(elements.Length, all.Length, int.MaxValue);
        using WorkerPool pool = new(2);
        using StoredMatrix matrix = new(new LinearWeights(Weight.FromHalves("w", new Shape(Columns, Depth), elements)), ColumnOrder.Natural, pool);
        using Cpu.Memory.AlignedMemory scratch = new(Columns * Depth * sizeof(float));
        float* widened = matrix.Widened(0, (float*)scratch.Pointer);
        for (int column = 0; column < Columns; column++)
        {
            float* place = widened + (column / 16 * matrix.HalvesOfB) + (column % 16);
            for (int row = 0; row < Depth; row++)
            {
                float expected = (float)elements[(column * Depth) + row];
                Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(place[row * matrix.StrideB]));
            }
        }
    }

    [Fact]
    public void Only_products_of_half_precision_that_lie_still_stay_in_place()
    {
        RandomWeights weights = new(1);
        Weight half = weights.Next(new Shape(64, 32), DType.Float16);
        Assert.True(Fits(new LinearWeights(half)));
        Assert.True(Fits(new LinearWeights(weights.Next(new Shape(64, 32, 1, 1), DType.Float16))));
        Assert.False(Fits(new LinearWeights(Moving(half))));
        Assert.False(Fits(new LinearWeights([half, Moving(half)], [])));
        Assert.False(Fits(new LinearWeights([half], [], isTransposed: true)));
        Assert.False(Fits(new LinearWeights(weights.Next(new Shape(64, 32), DType.BFloat16))));
        Assert.False(Fits(new LinearWeights(weights.Next(new Shape(64, 32, 3, 3), DType.Float16))));

        LinearWeights large = new(weights.Next(new Shape(1024, 1024), DType.Float16));
        Assert.True(Fits(large));
        Assert.False(Fits(large, WeightPrecision.EightBit));
    }

    [Fact]
    public void A_weight_in_place_that_is_not_finite_is_refused_with_its_name()
    {
        Half[] elements = new Half[40 * 50];
        elements[1234] = Half.NaN;
        Graph graph = new();
        graph.Output("y", graph.Linear(graph.Input("x", new Shape(1, 3, 1, 50)), new LinearWeights(Weight.FromHalves("broken", new Shape(40, 50), elements))));
        using CpuBackend cpu = new(2);
        Exception error = Assert.ThrowsAny<Exception>(() => cpu.Compile(graph));
        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
    }

    private static bool Fits(LinearWeights weights, WeightPrecision precision = WeightPrecision.AsStored) =>
        StoredMatrix.Fits(new PackedKey(weights, ColumnOrder.Natural, precision));

    /// <summary>The same weight in memory that it holds only while it is read.</summary>
    private static Weight Moving(Weight weight) => new(weight.Name, weight.Shape, weight.Type, new MovingStorage(weight));

    private sealed class MovingStorage(Weight weight) : WeightStorage
    {
        public override nint Pin() => weight.Pin();

        public override void Unpin() => weight.Unpin();
    }
}

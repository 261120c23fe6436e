using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Tests;

public sealed class CpuBackendTests
{
    /// <summary>Single precision in another order of summation, over at most a few layers.</summary>
    private const double Tolerance = 3e-6;

    /// <summary>The same for a lone number near 0, the difference of terms of about 1.</summary>
    private const double LoneTolerance = 1e-6;

    public static TheoryData<string> Names => [.. OpTable.Cases.Select(item => item.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Every_operation_agrees_with_its_definition(string name)
    {
        OpCase item = OpTable.Cases.Single(item => item.Name == name);
        Graph graph = item.Build(seed: 7);
        Dictionary<string, float[]> inputs = OpCase.InputsFor(graph, System.Random.Shared.Next());
        using ReferenceBackend reference = new();
        using CpuBackend cpu = new(3);
        Dictionary<string, float[]> expected = OpCase.Run(reference, graph, inputs);
        Dictionary<string, float[]> actual = OpCase.Run(cpu, graph, inputs);
        foreach (string output in expected.Keys)
        {
            RequireClose(expected[output], actual[output], item.Amplification);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_number_of_threads_changes_no_byte(string name)
    {
        OpCase item = OpTable.Cases.Single(item => item.Name == name);
        Graph graph = item.Build(seed: 11);
        Dictionary<string, float[]> inputs = OpCase.InputsFor(graph, seed: 5);
        using CpuBackend one = new(1);
        using CpuBackend many = new(9);
        Dictionary<string, float[]> expected = OpCase.Run(one, graph, inputs);
        Dictionary<string, float[]> actual = OpCase.Run(many, graph, inputs);
        foreach (string output in expected.Keys)
        {
            Assert.Equal(expected[output], actual[output]);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public void More_threads_than_cores_cut_finer_and_change_no_byte(int threads)
    {
        // Sizes at which every operation is cut otherwise for so many threads, into pieces of unequal length.
        Graph graph = new();
        RandomWeights weights = new(9);
        Value image = graph.Input("x", new Shape(2, 37, 29, 40));
        Value h = graph.Conv2d(image, weights.NextLinear(new Shape(72, 40, 3, 3)), Conv2dOptions.SameSize);
        h = graph.Linear(h, weights.NextLinear(new Shape(150, 72)));
        Value attended = graph.Attention(graph.Slice(h, 0, 48), graph.Slice(h, 48, 48), graph.Slice(h, 96, 48), heads: 3, causal: true);
        graph.Output("attention", attended);
        Value small = graph.Conv2d(graph.GroupNorm(image, weights.Next(new Shape(40)), weights.Next(new Shape(40)), 8, 1e-5f), weights.NextLinear(new Shape(33, 40, 3, 3)), Conv2dOptions.HalfSize);
        graph.Output("convolution", small);
        Dictionary<string, float[]> inputs = OpCase.InputsFor(graph, seed: 8);
        using CpuBackend one = new(1);
        using CpuBackend many = new(threads);
        Dictionary<string, float[]> expected = OpCase.Run(one, graph, inputs);
        Dictionary<string, float[]> actual = OpCase.Run(many, graph, inputs);
        Assert.Equal(expected["attention"], actual["attention"]);
        Assert.Equal(expected["convolution"], actual["convolution"]);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(21, 130)]
    public void Another_image_in_the_batch_changes_no_byte_of_a_normalised_convolution(int height, int width)
    {
        Graph Describe(int batch)
        {
            Graph graph = new();
            RandomWeights weights = new(3);
            Value h = graph.Conv2d(graph.Input("x", new Shape(batch, height, width, 24)), weights.NextLinear(new Shape(40, 24, 3, 3)), Conv2dOptions.SameSize);
            graph.Output("y", graph.GroupNorm(h, weights.Next(new Shape(40)), weights.Next(new Shape(40)), 8, 1e-5f));
            return graph;
        }

        Graph two = Describe(2);
        Dictionary<string, float[]> inputs = OpCase.InputsFor(two, seed: 2);
        using CpuBackend cpu = new(3);
        float[] both = OpCase.Run(cpu, two, inputs)["y"];
        float[] second = OpCase.Run(cpu, Describe(1), new Dictionary<string, float[]> { ["x"] = inputs["x"][(height * width * 24)..] })["y"];
        Assert.Equal(second, both[(height * width * 40)..]);
    }

    [Fact]
    public void A_plan_runs_again_with_new_inputs_of_either_rate()
    {
        OpCase item = OpTable.Cases.Single(item => item.Name == "once-per-run values in a step");
        Graph graph = item.Build(seed: 1);
        using ReferenceBackend reference = new();
        using CpuBackend cpu = new(2);
        using CpuPlan plan = cpu.Compile(graph);
        Dictionary<string, float[]> inputs = OpCase.InputsFor(graph, seed: 1);
        foreach ((string name, float[] elements) in inputs)
        {
            plan.SetInput(name, elements);
        }

        foreach (string changed in new[] { "x", "x", "context", "vector", "x" })
        {
            inputs[changed] = OpCase.InputsFor(graph, System.Random.Shared.Next())[changed];
            plan.SetInput(changed, inputs[changed]);
            plan.Run();
            RequireClose(OpCase.Run(reference, graph, inputs)["y"], OpCase.Read(plan, graph)["y"]);
        }
    }

    [Fact]
    public void A_cancelled_plan_runs_again()
    {
        OpCase item = OpTable.Cases.Single(item => item.Name == "residual block");
        Graph graph = item.Build(seed: 2);
        using CpuBackend cpu = new(2);
        using CpuPlan plan = cpu.Compile(graph);
        Dictionary<string, float[]> inputs = OpCase.InputsFor(graph, seed: 2);
        foreach ((string name, float[] elements) in inputs)
        {
            plan.SetInput(name, elements);
        }

        Assert.Throws<OperationCanceledException>(() => plan.Run(cancellationToken: new CancellationToken(canceled: true)));
        plan.Run();
        Assert.Equal(OpCase.Run(cpu, graph, inputs)["y"], OpCase.Read(plan, graph)["y"]);
    }

    [Fact]
    public void Weights_are_packed_once_for_all_plans_and_freed_with_the_last()
    {
        Graph graph = OpTable.Cases.Single(item => item.Name == "residual block").Build(seed: 3);
        using CpuBackend cpu = new(1);
        CpuPlan first = cpu.Compile(graph);
        long bytes = cpu.WeightBytes;
        CpuPlan second = cpu.Compile(graph);
        Assert.Equal(bytes, cpu.WeightBytes);
        first.Dispose();
        Assert.Equal(bytes, cpu.WeightBytes);
        second.Dispose();
        Assert.Equal(0, cpu.WeightBytes);
    }

    [Fact]
    public void A_profile_tells_the_time_by_operation_and_by_layer()
    {
        Graph graph = new();
        Value h = graph.Input("x", new Shape(1, 4, 1, 8));
        foreach (string layer in new[] { "first", "second" })
        {
            LinearWeights weights = new(Weights.Weight.FromFloats($"{layer}.weight", new Shape(8, 8), new float[64]));
            h = graph.Add(graph.Linear(h, weights), h);
            h = graph.Attention(h, h, h, heads: 2);
        }

        graph.Output("y", h);
        using CpuBackend cpu = new(1);
        using CpuPlan plan = cpu.Compile(graph);
        plan.Profile = new Profile();
        plan.Run();
        plan.Run();

        Assert.Equal(plan.Flops * 2, plan.Profile.Entries.Sum(entry => entry.Flops));
        Assert.Equal(4, Assert.Single(plan.Profile.By(entry => entry.Operation), entry => entry.Operation.StartsWith("linear", StringComparison.Ordinal)).Count);
        Assert.Equal(["first", "second"], plan.Profile.By(entry => entry.Layer).Select(entry => entry.Operation).Order());
        Assert.All(plan.Profile.By(entry => entry.Layer), entry => Assert.Equal(4, entry.Count));
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused_by_name()
    {
        Graph graph = new();
        LinearWeights weights = new(Weights.Weight.FromHalves("a.b.weight", new Shape(1, 2), [Half.One, Half.PositiveInfinity]));
        graph.Output("y", graph.Linear(graph.Input("x", new Shape(1, 1, 1, 2)), weights));
        using CpuBackend cpu = new(1);
        Exception error = Assert.ThrowsAny<Exception>(() => cpu.Compile(graph));
        Assert.Contains("a.b.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_switched_off_instructions_are_off()
    {
        string wanted = Environment.GetEnvironmentVariable("SUPIR_TEST_INSTRUCTIONS") ?? InstructionSets.Best.ToString();
        Assert.Equal(wanted, InstructionSets.Best.ToString());
    }

    [Theory, MemberData(nameof(Names))]
    public void A_plan_takes_the_memory_that_was_measured_before(string name)
    {
        Graph graph = OpTable.Cases.Single(item => item.Name == name).Build(seed: 7);
        using CpuBackend cpu = new(3);
        foreach (WeightPrecision precision in Enum.GetValues<WeightPrecision>())
        {
            PlanNeed need = cpu.Measure(graph, new PlanOptions { Weights = precision });
            using CpuPlan plan = cpu.Compile(graph, new PlanOptions { Weights = precision });
            Assert.Equal(new PlanNeed(plan.ArenaBytes, cpu.WeightBytes) { StateBytes = cpu.StateBytes }, need);
        }
    }

    [Fact]
    public void Eight_bit_weights_take_a_quarter_of_the_memory_and_stay_close()
    {
        Graph graph = new();
        RandomWeights weights = new(5);
        Value x = graph.Input("x", new Shape(1, 6, 6, 352));
        Value h = graph.Conv2d(x, weights.NextLinear(new Shape(352, 352, 3, 3)), Conv2dOptions.SameSize);
        graph.Output("y", graph.Geglu(graph.Linear(h, weights.NextLinear(new Shape(3000, 352)))));
        Dictionary<string, float[]> inputs = OpCase.InputsFor(graph, seed: 3);
        using CpuBackend cpu = new(2);
        float[] expected = OpCase.Run(cpu, graph, inputs)["y"];
        using CpuPlan plan = cpu.Compile(graph, new PlanOptions { Weights = WeightPrecision.EightBit });
        plan.SetInput("x", inputs["x"]);
        plan.Run();

        Assertions.Close(expected, OpCase.Read(plan, graph)["y"], relative: 2e-2);
        Assert.InRange(cpu.WeightBytes, 1, cpu.Measure(graph).WeightBytes * 0.27);
    }

    private static void RequireClose(float[] expected, float[] actual, double amplification = 1)
    {
        bool isNearlyEqual = Closeness.Between(expected, actual).LargestError <= LoneTolerance;
        Assertions.Close(expected, actual, isNearlyEqual ? double.PositiveInfinity : Tolerance * amplification, isNearlyEqual ? LoneTolerance : double.PositiveInfinity);
    }
}

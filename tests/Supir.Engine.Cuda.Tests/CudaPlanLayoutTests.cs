using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Planning;
using Supir.Engine.Cuda.Weights;
using Supir.Engine.Graphs;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Cuda.Tests;

public sealed class CudaPlanLayoutTests
{
    private static readonly DeviceCapabilities Hopper = new(DType.Float16, 90, HasCudnn: true);

    public static TheoryData<string> Names => [.. OpTable.Cases.Select(item => item.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_step_never_writes_where_something_lies_that_it_reads(string name)
    {
        Graph graph = OpTable.Cases.Single(item => item.Name == name).Build(seed: 3);
        foreach (WeightPrecision weights in Enum.GetValues<WeightPrecision>())
        {
            RequireApart(new CudaPlanLayout(graph, Hopper with { Weights = weights, LeastEightBitElements = 0 }));
        }
    }

    [Fact]
    public void Numbers_that_half_precision_cannot_hold_stay_single()
    {
        Graph graph = OpTable.Cases.Single(item => item.Name == "gather Float16").Build(seed: 1);
        CudaPlanLayout layout = new(graph, Hopper);

        Assert.Equal(DType.Float32, layout.TypeOf(graph.Inputs["ids"]));
        Assert.Equal(DType.Float16, layout.TypeOf(graph.Outputs["y"]));
    }

    [Theory]
    [InlineData(1024, 1024, 1280, 20, AttentionPath.Flash)]
    [InlineData(16384, 16384, 512, 1, AttentionPath.Products)]
    [InlineData(1, 1, 1, 1, AttentionPath.Plain)]
    [InlineData(200, 200, 13, 1, AttentionPath.Plain)]
    public void The_path_of_an_attention_follows_from_its_sizes(int queries, int keys, int channels, int heads, object path)
    {
        Graph g = new();
        Value y = g.Attention(
            g.Input("q", new Shape(1, queries, 1, channels)), g.Input("k", new Shape(1, keys, 1, channels)), g.Input("v", new Shape(1, keys, 1, channels)), heads);

        Assert.Equal(path, AttentionPaths.Choose((AttentionNode)y.Producer, Hopper));
    }

    [Fact]
    public void Scores_of_a_large_attention_take_little_memory_at_a_time()
    {
        Graph g = new();
        Value y = g.Attention(g.Input("q", new Shape(1, 256, 256, 512)), g.Input("k", new Shape(1, 256, 256, 512)), g.Input("v", new Shape(1, 256, 256, 512)), 1);
        g.Output("y", y);
        CudaPlanLayout layout = new(g, Hopper with { Type = DType.BFloat16 });

        // Three inputs and the output of 64 MiB each, scores of 128 MiB and their softmax of half that.
        Assert.InRange(layout.ArenaBytes, 4L * 64 << 20, (4L * 64 << 20) + (3L * 64 << 20) + (1 << 20));
    }

    [Theory]
    [InlineData(DType.BFloat16, true, ConvolutionPath.Library)]
    [InlineData(DType.BFloat16, false, ConvolutionPath.Products)]
    [InlineData(DType.Float32, true, ConvolutionPath.Products)]
    public void A_convolution_without_the_library_is_products_of_rows_gathered_some_at_a_time(DType type, bool hasCudnn, object path)
    {
        Graph g = new();
        g.Output("y", g.Conv2d(g.Input("x", new Shape(1, 512, 512, 128)), new RandomWeights(1).NextLinear(new Shape(128, 128, 3, 3)), Conv2dOptions.SameSize));
        CudaPlanLayout layout = new(g, new DeviceCapabilities(type, 90, hasCudnn));
        FusedStep step = layout.PerStep.Single(one => one.IsProduct);

        Assert.Equal(path, ConvolutionPaths.Choose((Conv2dNode)step.Node, layout.Device));
        long values = 2L * 512 * 512 * 128 * type.SizeInBytes;
        Assert.InRange(layout.ArenaBytes, values, values + (64 << 20));
        Assert.Equal((ConvolutionPath)path == ConvolutionPath.Products, layout.Locate(step, Temporary.Gathered) is not null);
    }

    [Theory]
    [InlineData(256, 512, 256)]
    [InlineData(256, 48, 16)]
    [InlineData(0, 6, 2)]
    public void The_alignment_is_what_all_addresses_share(int first, int second, int expected) =>
        Assert.Equal(expected, ProductSizes.AlignmentOf(first, second));

    private static void RequireApart(CudaPlanLayout layout)
    {
        foreach (FusedStep step in layout.PerRun.Concat(layout.PerStep).Where(step => !step.IsVirtual))
        {
            // The rows of a state lie outside of the arena.
            List<(long First, long End)> written = step.Node is AppendNode ? [] : [Span(layout, step.Result)];
            foreach ((Temporary kind, long bytes) in Temporaries.Of(step, layout.Device))
            {
                long offset = layout.Locate(step, kind)!.Value;
                written.Add((offset, offset + bytes));
            }

            if (layout.Locate(step, Temporary.WidenedWeights) is long widened)
            {
                MatrixKey key = layout.MatrixOf(step);
                written.Add((widened, widened + (2L * key.Depth * key.PaddedOutputs)));
            }

            List<(long First, long End)> all = [.. written];
            foreach (Value read in step.Reads().Where(read => read.Producer is not AppendNode).SelectMany(read => Places(layout, read)).Distinct())
            {
                all.Add(Span(layout, read));
            }

            for (int i = 0; i < written.Count; i++)
            {
                for (int j = i + 1; j < all.Count; j++)
                {
                    Assert.True(written[i].End <= all[j].First || all[j].End <= written[i].First, $"{step.Node.Kind}: {written[i]} and {all[j]} overlap");
                    Assert.True(all[j].End <= layout.ArenaBytes);
                }
            }
        }
    }

    private static IEnumerable<Value> Places(CudaPlanLayout layout, Value value)
    {
        while (value.Producer is SliceNode slice)
        {
            value = slice.Source;
        }

        return layout.Virtual.TryGetValue(value, out ConcatNode? concat)
            ? [.. Places(layout, concat.First), .. Places(layout, concat.Second)]
            : [value];
    }

    private static (long First, long End) Span(CudaPlanLayout layout, Value value)
    {
        (long offset, _, _) = layout.Locate(value);
        return layout.TypeOf(value) == DType.Float8E4M3
            ? (offset, offset + CudaPlanLayout.ScalesOffset(value) + (sizeof(float) * (long)value.Rows))
            : (offset, offset + (value.Shape.ElementCount * layout.TypeOf(value).SizeInBytes));
    }
}

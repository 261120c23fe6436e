using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Planning;
using Supir.Engine.Graphs;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Cuda.Tests;

public sealed class TokenFusionTests
{
    private static readonly DeviceCapabilities Hopper = new(DType.Float16, 90, HasCudnn: true);

    [Fact]
    public void A_layer_of_one_token_is_five_kernels()
    {
        CudaPlanLayout layout = new(Case("FourBit, 320 channels, 5 heads, 440 hidden, after 70"), Hopper);
        FusedStep[] steps = [.. layout.PerStep.Where(step => step.Node is not AppendNode && step.Result.Channels > 1)];

        Assert.Equal(["LinearNode", "CachedAttentionNode", "LinearNode", "LinearNode", "LinearNode"], steps.Select(step => step.Node.GetType().Name));
        Assert.Equal([true, false, false, true, false], steps.Select(step => step.Norm is not null));
        Assert.Equal([false, false, false, true, false], steps.Select(step => step.IsSwiglu));
        Assert.NotNull(steps[1].Appended);
        Assert.Equal([false, false, true, false, true], steps.Select(step => step.Residual is not null));
        Assert.Equal(2, layout.States.Count());
    }

    [Fact]
    public void A_gate_whose_halves_are_no_whole_pieces_stays_apart()
    {
        CudaPlanLayout layout = new(Case($"FourBit, 128 channels, 1 heads, 100 hidden, after {OpTable.IndexRange - 1}"), Hopper);

        Assert.Contains(layout.PerStep, step => step.Node is SwigluNode);
        Assert.DoesNotContain(layout.PerStep, step => step.IsSwiglu);
    }

    [Fact]
    public void Heads_that_threads_cannot_share_evenly_are_attended_to_step_by_step()
    {
        CudaPlanLayout layout = new(Case("FourBit, 72 channels, 3 heads, 40 hidden, after 33"), Hopper);

        Assert.Contains(layout.PerStep, step => step.Node is RopeNode);
        Assert.DoesNotContain(layout.PerStep, step => step.Appended is not null);
    }

    [Fact]
    public void A_prompt_of_many_tokens_is_left_as_it_is()
    {
        Graph g = new();
        Value x = g.Input("x", new Shape(1, 7, 1, 64));
        LinearWeights weights = new(new RandomWeights(1).Next(new Shape(32, 64))) { Precision = WeightPrecision.FourBit };
        g.Output("y", g.Linear(g.RmsNorm(x, new RandomWeights(2).Next(new Shape(64)), 1e-5f), weights));
        CudaPlanLayout layout = new(g, Hopper);

        Assert.Equal(2, layout.PerStep.Count);
    }

    [Fact]
    public void A_norm_that_is_a_result_too_is_written()
    {
        Graph g = new();
        Value norm = g.RmsNorm(g.Input("x", new Shape(1, 1, 1, 64)), new RandomWeights(2).Next(new Shape(64)), 1e-5f);
        LinearWeights weights = new(new RandomWeights(1).Next(new Shape(32, 64))) { Precision = WeightPrecision.FourBit };
        g.Output("norm", norm);
        g.Output("y", g.Linear(norm, weights));
        CudaPlanLayout layout = new(g, Hopper);

        Assert.Contains(layout.PerStep, step => step.Node is RmsNormNode);
        Assert.All(layout.PerStep, step => Assert.Null(step.Norm));
    }

    private static Graph Case(string ending) => OpTable.Cases.Single(item => item.Name == $"layer of one token in {ending}").Build(seed: 3);
}

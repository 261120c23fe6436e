using Supir.Checkpoints;
using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Planning;
using Supir.Engine.Cuda.Weights;
using Supir.Engine.Graphs;
using Supir.Models.Control;
using Supir.Models.UNet;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Cuda.Tests;

public sealed class WeightPlacementTests
{
    private static readonly DeviceCapabilities Hopper = new(DType.Float16, 90, HasCudnn: true);

    private static readonly Graph FullStep =
        new ControlledUNet(new WeightReader(SyntheticSource.Open(Golden.PathOf("full.manifest.json"))), UNetConfig.SdxlBase, UNetConfig.SdxlBase)
            .Describe(2, 128, 128, tokens: 77);

    [Theory]
    [InlineData(WeightPrecision.AsStored, 6.65e9, 6.75e9, 1.02e9, 1.06e9)]
    [InlineData(WeightPrecision.EightBit, 3.38e9, 3.50e9, 0.51e9, 0.55e9)]
    [InlineData(WeightPrecision.Float8, 4.20e9, 4.32e9, 1.02e9, 1.06e9)]
    public void What_a_step_at_full_size_keeps_on_the_GPU_leaves_out_what_is_used_once_a_run(
        WeightPrecision weights, double least, double most, double leastStreamed, double mostStreamed)
    {
        CudaPlanLayout layout = new(FullStep, Hopper with { Weights = weights });

        Assert.InRange(layout.ResidentBytes, least, most);
        Assert.InRange(layout.Streams.Streamed.Sum(key => key.Bytes), leastStreamed, mostStreamed);
        Assert.Empty(layout.Streams.PerStep);
    }

    [Theory]
    [InlineData(WeightPrecision.AsStored, 3_500_000_000)]
    [InlineData(WeightPrecision.AsStored, 0)]
    [InlineData(WeightPrecision.EightBit, 1_000_000_000)]
    public void A_budget_of_weights_is_kept_and_transfers_never_overtake_uses(WeightPrecision weights, long budget)
    {
        CudaPlanLayout layout = new(FullStep, Hopper with { Weights = weights, ResidentWeightBytes = budget });

        // Vectors and small matrices stay whatever the budget is.
        Assert.InRange(layout.ResidentBytes, 0, Math.Max(budget, 100_000_000));
        Assert.InRange(layout.Streams.RingBytes, 1, 256 << 20);
        foreach (IReadOnlyDictionary<FusedStep, WeightTransfer> part in new[] { layout.Streams.PerRun, layout.Streams.PerStep })
        {
            WeightTransfer[] transfers = [.. part.Values];
            for (int i = 0; i < transfers.Length; i++)
            {
                Assert.InRange(transfers[i].Offset + transfers[i].Key.Bytes, 1, layout.Streams.RingBytes);
                for (int j = transfers[i].WaitsFor + 1; j < i; j++)
                {
                    Assert.True(
                        transfers[i].Offset + transfers[i].Key.Bytes <= transfers[j].Offset || transfers[j].Offset + transfers[j].Key.Bytes <= transfers[i].Offset,
                        $"transfer {i} overwrites {j}, which it does not wait for");
                }
            }
        }
    }

    [Fact]
    public void Streamed_weights_are_spread_over_the_step()
    {
        CudaPlanLayout layout = new(FullStep, Hopper with { ResidentWeightBytes = 3_500_000_000 });
        FusedStep[] products = [.. layout.PerStep.Where(step => step.IsProduct)];
        long[] quarters = [.. products.Chunk((products.Length + 3) / 4).Select(part => part.Sum(step => layout.Streams.Of(step)?.Key.Bytes ?? 0))];

        Assert.All(quarters, bytes => Assert.InRange(bytes, 0.4e9, 1.3e9));
    }

    [Fact]
    public void Rows_become_8_bit_floats_where_only_products_read_them()
    {
        Graph g = new();
        RandomWeights weights = new(1);
        Value x = g.Input("x", new Shape(1, 8, 1, 64));
        Value read = g.LayerNorm(x, weights.Next(new Shape(64)), weights.Next(new Shape(64)), 1e-5f);
        Value shown = g.LayerNorm(x, weights.Next(new Shape(64)), weights.Next(new Shape(64)), 1e-5f);
        Value gated = g.Geglu(g.Linear(read, weights.NextLinear(new Shape(256, 64))));
        Value both = g.Linear(gated, weights.NextLinear(new Shape(64, 128)));
        g.Output("y", g.Add(both, g.Linear(shown, weights.NextLinear(new Shape(64, 64)))));
        g.Output("shown", shown);
        DeviceCapabilities float8 = Hopper with { Weights = WeightPrecision.Float8, LeastEightBitElements = 0 };
        CudaPlanLayout layout = new(g, float8);

        Assert.Equal(DType.Float8E4M3, layout.TypeOf(read));
        Assert.Equal(DType.Float8E4M3, layout.TypeOf(gated));
        Assert.Equal(DType.Float16, layout.TypeOf(shown));
        Assert.Equal(DType.Float16, layout.TypeOf(both));
        Assert.Equal(DType.Float16, new CudaPlanLayout(g, float8 with { Architecture = 86 }).TypeOf(read));
    }

    [Fact]
    public void The_parts_of_a_matrix_lie_one_after_the_other_and_every_tensor_has_its_rows()
    {
        RandomWeights weights = new(2);
        LinearWeights merged = new([weights.Next(new Shape(40, 24)), weights.Next(new Shape(8, 24))], [weights.Next(new Shape(40)), null]);
        MatrixKey key = new(merged, DType.Float16, DType.Int8, 24, 48);
        DeviceWeights parts = key.At(0x1000);
        WeightJob[] jobs = [.. key.Jobs(0x1000)];

        Assert.Equal(0x1000 + 1280, parts.Scales); // 48 · 24 bytes, up to a multiple of 256
        Assert.Equal(parts.Scales + 256, parts.Bias);
        Assert.Equal(1280 + 256 + 256, key.Bytes);
        Assert.Equal([0x1000, parts.Bias, 0x1000 + (40 * 24)], jobs.Select(job => job.Destination));
        Assert.Equal([parts.Scales, 0, parts.Scales + (40 * sizeof(float))], jobs.Select(job => job.Scales));
    }
}

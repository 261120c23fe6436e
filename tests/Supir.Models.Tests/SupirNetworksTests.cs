using System.Text.Json.Nodes;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.Control;
using Supir.Models.UNet;
using Supir.Models.Vae;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests;

public sealed class SupirNetworksTests
{
    [Fact]
    public void Every_weight_of_the_mini_model_is_read() => OpenMini(MiniModel.OpenWeights()).RequireAllRead();

    [Fact]
    public void Every_weight_of_the_published_size_is_read() => OpenFull().RequireAllRead();

    [Fact]
    public void The_published_size_is_described_with_the_shapes_that_its_parts_exchange()
    {
        SupirNetworks networks = OpenFull();

        Assert.Equal(UNetConfig.SdxlBase.ContextChannels, networks.Text.ContextChannels);
        Assert.Equal(UNetConfig.SdxlBase.VectorChannels, networks.Text.VectorChannels);
        Assert.Equal(new Shape(1, 128, 96, 8), networks.Vae.DescribeEncoding(1, 1024, 768, denoise: true).Outputs[Autoencoder.Moments].Shape);
        Assert.Equal(new Shape(1, 1024, 768, 3), networks.Vae.DescribeDecoding(1, 128, 96).Outputs[Autoencoder.Image].Shape);
        Assert.Equal(new Shape(2, 128, 96, 4), networks.Diffusion.Describe(2, 128, 96, 77).Outputs[ControlledUNet.Noise].Shape);
    }

    [Fact]
    public void Keys_and_values_of_the_text_are_computed_once_a_run()
    {
        Graph graph = OpenMini(MiniModel.OpenWeights()).Diffusion.Describe(2, 32, 32, 77);
        Value[] overTokens = [.. graph.Values.Where(value => value.Height == 77 && value.Producer is LinearNode)];

        // Levels 1 and 2 have 1 and 2 transformer blocks a transformer: 2 transformers a level down, 3 up; the middle has 2 blocks.
        Assert.Equal((2 * 1) + (2 * 2) + 2 + (3 * 1) + (3 * 2) + (2 * 1) + (2 * 2) + 2, overTokens.Length);
        Assert.All(overTokens, value => Assert.True(value.IsPerRun));
    }

    [Fact]
    public void A_weight_that_no_network_knows_is_refused_by_name()
    {
        JsonObject manifest = JsonNode.Parse(File.ReadAllBytes(Golden.PathOf("mini.manifest.json")))!.AsObject();
        IEnumerable<KeyValuePair<string, Shape>> shapes = manifest.Select(entry =>
            KeyValuePair.Create(entry.Key, new Shape([.. entry.Value!.AsArray().Select(length => (int)length!)])));
        using SyntheticSource source = new("a file", shapes.Append(KeyValuePair.Create("model.extra.weight", new Shape(3))));

        SupirNetworks networks = OpenMini(new WeightReader(source));
        CheckpointException exception = Assert.Throws<CheckpointException>(networks.RequireAllRead);

        Assert.Contains("model.extra.weight", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hidden_state_that_the_text_tower_does_not_have_is_refused_with_the_missing_layer()
    {
        CheckpointException exception = Assert.Throws<CheckpointException>(() =>
            new SupirNetworks(MiniModel.OpenWeights(), MiniSizes.Vae, MiniSizes.UNet, MiniSizes.UNet, firstHiddenState: 11));

        Assert.Contains("encoder.layers.2.", exception.Message, StringComparison.Ordinal);
    }

    private static SupirNetworks OpenMini(WeightReader weights) =>
        new(weights, MiniSizes.Vae, MiniSizes.UNet, MiniSizes.UNet, MiniModel.FirstHiddenState);

    private static SupirNetworks OpenFull()
    {
        WeightReader weights = new(SyntheticSource.Open(Golden.PathOf("full.manifest.json")));
        return new SupirNetworks(weights, VaeConfig.Sdxl, UNetConfig.SdxlBase, UNetConfig.SdxlBase, firstHiddenState: 11);
    }
}

using System.Buffers.Binary;
using System.Text.Json;
using Supir.Engine;
using Supir.Engine.Weights;
using Supir.Testing;
using Xunit;

namespace Supir.Checkpoints.Tests;

public sealed class MiniCheckpointTests
{
    [Fact]
    public void The_embedded_checkpoint_has_the_names_and_shapes_of_its_manifest()
    {
        using SafetensorsFile file = SafetensorsFile.Open(MiniCheckpoint.Path);
        using SyntheticSource manifest = SyntheticSource.Open(Golden.PathOf("mini.manifest.json"));

        Assert.Equal(manifest.Tensors.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(manifest.Tensors.Values, info => Assert.Equal(info.Shape, file.Tensors[info.Name].Shape));
        Assert.Empty(file.Skipped);
        Assert.StartsWith("int8 weights", file.Metadata["format"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.diffusion_model.input_blocks.1.0.in_layers.2.weight")]
    [InlineData("first_stage_model.decoder.mid.attn_1.q.weight")]
    [InlineData("conditioner.embedders.1.model.token_embedding.weight")]
    public void Scales_are_applied_as_a_plain_reading_of_the_bytes_applies_them(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(MiniCheckpoint.Path);
        Weight weight = file.Get(name);

        Assert.Equal(DType.Int8, weight.Type);
        Assert.Equal(PlainReading(name, weight.Shape), weight.ToFloats());
    }

    [Fact]
    public void Every_weight_of_the_embedded_checkpoint_is_finite()
    {
        using OverlaySource source = new(SafetensorsFile.Open(MiniCheckpoint.Path));
        Assert.Equal(1448, source.Tensors.Count);
        Assert.All(source.Tensors.Keys, name => Assert.True(Array.TrueForAll(source.Get(name).ToFloats(), float.IsFinite)));
    }

    private static float[] PlainReading(string name, Shape shape)
    {
        byte[] bytes = File.ReadAllBytes(MiniCheckpoint.Path);
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        int integers = 8 + headerLength + header.RootElement.GetProperty(name).GetProperty("data_offsets")[0].GetInt32();
        int scales = 8 + headerLength + header.RootElement.GetProperty(name + ".scale").GetProperty("data_offsets")[0].GetInt32();

        float[] result = new float[shape.ElementCount];
        int perChannel = result.Length / shape[0];
        for (int channel = 0; channel < shape[0]; channel++)
        {
            float scale = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(scales + (4 * channel)));
            for (int i = channel * perChannel; i < (channel + 1) * perChannel; i++)
            {
                result[i] = (sbyte)bytes[integers + i] * scale;
            }
        }

        return result;
    }
}

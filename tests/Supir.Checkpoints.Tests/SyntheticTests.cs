using System.Runtime.InteropServices;
using Supir.Engine;
using Supir.Engine.Weights;
using Supir.Testing;
using Xunit;

namespace Supir.Checkpoints.Tests;

public sealed class SyntheticTests
{
    /// <summary>Name, shape, and the CRC-32 of all halves as tests/goldens/synthetic.py makes them (PyTorch 1.13, CPU; little-endian bytes).</summary>
    public static TheoryData<string, int[], uint> MadeByTorch { get; } = new()
    {
        { "input.x", [2, 3], 0x36589645 },
        { "input.z", [1, 4, 64, 64], 0x2d4d2ac7 },
        { "first_stage_model.encoder.conv_in.weight", [4, 3, 3, 3], 0xccc4c3ba },
        { "a.norm.weight", [4], 0xee95a800 },
        { "a.bias", [4], 0x2ab35160 },
        { "conditioner.embedders.1.model.logit_scale", [], 0x9236e5b7 },
        { "conditioner.embedders.1.model.text_projection", [64, 48], 0x96d0b952 },
        { "conditioner.embedders.1.model.positional_embedding", [77, 1280], 0xe172cbaf },
        { "model.diffusion_model.input_blocks.1.0.in_layers.0.weight", [1001], 0x1967780b },
        { "model.diffusion_model.time_embed.0.bias", [1280], 0x732604b6 },
        { "model.diffusion_model.input_blocks.1.0.in_layers.2.weight", [320, 320, 3, 3], 0x2b0c10e4 },
    };

    [Theory]
    [MemberData(nameof(MadeByTorch))]
    public unsafe void Every_bit_is_as_in_the_reference_script(string name, int[] lengths, uint crc)
    {
        Shape shape = new(lengths);
        using SyntheticSource source = new("test", [new(name, shape)]);
        Weight weight = source.Get(name);

        ReadOnlySpan<byte> bytes = new((void*)weight.Pin(), (int)weight.ByteCount);
        Assert.Equal(crc, SyntheticRule.Crc32(bytes));
        weight.Unpin();

        float[] floats = new float[shape.ElementCount];
        SyntheticTensor.Fill(name, shape, floats);
        Assert.Equal(crc, SyntheticRule.Crc32(MemoryMarshal.AsBytes<Half>([.. floats.Select(value => (Half)value)])));
    }

    [Fact]
    public void The_first_values_are_as_in_the_reference_script()
    {
        float[] values = new float[6];
        SyntheticTensor.Fill("input.x", new Shape(2, 3), values);
        Assert.Equal([0.72998046875f, -0.70654296875f, -0.2294921875f, -0.53076171875f], values[..4]);
        Assert.Throws<ArgumentException>(() => SyntheticTensor.Fill("input.x", new Shape(7), values));
    }

    [Theory]
    [InlineData("input.x")]
    [InlineData("x.norm.weight")]
    [InlineData("x.bias")]
    public void Several_lanes_at_once_agree_with_the_definition_at_every_length_and_start(string name)
    {
        SyntheticRule rule = SyntheticRule.For(name, new Shape(100));
        foreach (long first in (long[])[0, 1, 4095, uint.MaxValue - 40L, (1L << 33) + 5])
        {
            foreach (int length in (int[])[0, 1, 7, 15, 16, 17, 31, 32, 33, 100])
            {
                Half[] values = new Half[length];
                rule.Fill(first, values);
                Assert.Equal(Enumerable.Range(0, length).Select(i => rule.ValueAt(first + i)), values);
            }
        }
    }

    [Fact]
    public void Rounding_to_half_agrees_with_the_definition_down_to_subnormals()
    {
        // A wide matrix: scale 0.0017, so that a tenth of all values are subnormal halves.
        SyntheticRule rule = SyntheticRule.For("wide.weight", new Shape(1, 1 << 20));
        Half[] values = new Half[1 << 20];
        rule.Fill(0, values);

        Assert.Contains(values, Half.IsSubnormal);
        Assert.Equal(Enumerable.Range(0, values.Length).Select(i => BitConverter.HalfToUInt16Bits(rule.ValueAt(i))), values.Select(BitConverter.HalfToUInt16Bits));
    }

    [Fact]
    public void Weights_exist_only_while_they_are_pinned()
    {
        using SyntheticSource source = new("test", [new("a.weight", new Shape(300, 300))]);
        Weight weight = source.Get("a.weight");

        nint first = weight.Pin();
        Assert.Equal(first, weight.Pin());
        weight.Unpin();
        weight.Unpin();
        Assert.Throws<InvalidOperationException>(weight.Unpin);
        Assert.Equal(90_000, weight.ToFloats().Length);
    }

    [Fact]
    public void The_manifests_list_the_published_checkpoints()
    {
        using SyntheticSource full = SyntheticSource.Open(Golden.PathOf("full.manifest.json"));
        Assert.Equal(3548, full.Tensors.Count);
        Assert.Equal(4_801_177_780, full.Tensors.Values.Sum(info => info.ElementCount));
        Assert.Equal("model.diffusion_model.time_embed.0.weight", full.Tensors.Keys.First());
        Assert.Equal(DType.Float16, full.Get("conditioner.embedders.1.model.logit_scale").Type);
        Assert.Throws<CheckpointException>(() => full.Get("x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"a":3}""")]
    [InlineData("""{"a":[1.5]}""")]
    [InlineData("""{"a":[-1]}""")]
    [InlineData("""{"a":[1,1,1,1,1]}""")]
    [InlineData("""{"a":[1],"a":[1]}""")]
    public void A_file_that_is_no_manifest_is_named(string content)
    {
        using TemporaryFolder folder = new();
        string path = folder.Bytes(System.Text.Encoding.UTF8.GetBytes(content), "a.manifest.json");
        Assert.Contains(path, Assert.Throws<CheckpointException>(() => SyntheticSource.Open(path)).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => SyntheticSource.Open(path + ".missing"));
    }
}

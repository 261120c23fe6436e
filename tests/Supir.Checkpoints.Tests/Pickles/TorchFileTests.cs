using Supir.Checkpoints.Pickles;
using Supir.Engine;
using Supir.Engine.Weights;
using Xunit;

namespace Supir.Checkpoints.Tests.Pickles;

public sealed class TorchFileTests
{
    [Theory]
    [InlineData("types.ckpt", "torch pickle in a zip archive")]
    [InlineData("types.legacy.ckpt", "torch pickle of the older format")]
    public void Every_float_format_is_read_and_other_numbers_are_listed(string name, string format)
    {
        using TorchFile file = TorchFile.Open(PickleFixture.PathOf(name));

        Assert.Equal(format, file.FormatName);
        Assert.Equal(["single", "half", "brain", "scalar", "empty"], file.Tensors.Keys);
        Assert.Equal([DType.Float32, DType.Float16, DType.BFloat16], file.Tensors.Values.Take(3).Select(info => info.Type));
        Assert.All(file.Tensors.Keys.Take(3), key => Assert.Equal(PickleFixture.Ramp(6), file.Get(key).ToFloats()));
        Assert.Equal(new Shape(2, 3), file.Get("single").Shape);
        Assert.Equal([1.25f], file.Get("scalar").ToFloats());
        Assert.Equal((0, new Shape(0, 4)), (file.Get("empty").ToFloats().Length, file.Get("empty").Shape));
        Assert.Equal(
            [new SkippedTensor("steps", "I64", "[4]", 32), new SkippedTensor("flags", "BOOL", "[2]", 2), new SkippedTensor("double", "F64", "[2]", 16), new SkippedTensor("bytes", "U8", "[3]", 3), new SkippedTensor("integers", "I8", "[3]", 3)],
            file.Skipped);
    }

    [Fact]
    public void Eight_bit_floats_are_read_as_torch_2_writes_them()
    {
        using TorchFile file = TorchFile.Open(PickleFixture.PathOf("eight.ckpt"));
        Assert.Equal(DType.Float8E4M3, file.Tensors["w"].Type);
        Assert.Equal([1f, -2f, 1f / 512], file.Get("w").ToFloats());
    }

    [Theory]
    [InlineData("module.ckpt")]
    [InlineData("module.legacy.ckpt")]
    [InlineData("parameters.ckpt")]
    [InlineData("parameters.legacy.ckpt")]
    public void Dicts_of_modules_and_parameters_are_read(string name)
    {
        using TorchFile file = TorchFile.Open(PickleFixture.PathOf(name));
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias"], file.Tensors.Keys);
        Assert.Equal(PickleFixture.Ramp(6), file.Get("0.weight").ToFloats());
        Assert.Equal([1f, 1f], file.Get("1.weight").ToFloats());
    }

    [Theory]
    [InlineData("protocol4.ckpt")]
    [InlineData("protocol4.legacy.ckpt")]
    public void Newer_pickle_protocols_are_read(string name)
    {
        using TorchFile file = TorchFile.Open(PickleFixture.PathOf(name));
        Assert.Equal(PickleFixture.Ramp(5), file.Get("a").ToFloats());
        Assert.Equal(PickleFixture.Ramp(4), file.Get("b").ToFloats());
    }

    [Theory]
    [InlineData("lightning.ckpt", "model.weight", 16)]
    [InlineData("lightning.legacy.ckpt", "model.weight", 16)]
    [InlineData("nested.ckpt", "module.weight", 3)]
    [InlineData("nested.legacy.ckpt", "module.weight", 3)]
    public void Weights_are_found_beside_what_training_wrote(string name, string weight, int count)
    {
        using TorchFile file = TorchFile.Open(PickleFixture.PathOf(name));
        Assert.Equal(weight, file.Tensors.Keys.First());
        Assert.DoesNotContain("exp_avg", file.Tensors.Keys);
        Assert.Equal(PickleFixture.Ramp(count), file.Get(weight).ToFloats());
    }

    [Theory]
    [InlineData("views.ckpt")]
    [InlineData("views.legacy.ckpt")]
    public void Views_share_a_storage_and_are_read_in_their_own_order(string name)
    {
        float[] whole = PickleFixture.Ramp(24);
        using TorchFile file = TorchFile.Open(PickleFixture.PathOf(name));

        Assert.Equal(whole, file.Get("whole").ToFloats());
        Assert.Equal(whole, file.Get("shared").ToFloats());
        Assert.Equal(new Shape(6, 4), file.Get("transposed").Shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => whole[(i % 4 * 6) + (i / 4)]), file.Get("transposed").ToFloats());
        Assert.Equal([whole[1], whole[7], whole[13], whole[19]], file.Get("column").ToFloats());
        Assert.Equal(whole[6..18], file.Get("rows").ToFloats());
        Assert.Equal([whole[0], whole[3], whole[12], whole[15]], file.Get("every_second").ToFloats());
        Assert.Equal(whole, file.Get("channels_last").ToFloats());
    }

    [Fact]
    public unsafe void A_weight_is_a_view_into_the_mapped_file_and_not_a_copy()
    {
        TorchFile file = TorchFile.Open(PickleFixture.PathOf("views.ckpt"));
        Weight whole = file.Get("whole");
        Weight rows = file.Get("rows");
        float* start = (float*)whole.Pin();
        float* second = (float*)rows.Pin();
        file.Dispose();

        Assert.True(second == start + 6);
        Assert.Equal(PickleFixture.Ramp(24), new ReadOnlySpan<float>(start, 24).ToArray());
        whole.Unpin();
        rows.Unpin();
        Assert.Throws<ObjectDisposedException>(() => whole.Pin());
    }

    [Fact]
    public void Unknown_names_and_tensors_that_are_no_weights_are_named()
    {
        string path = PickleFixture.PathOf("types.ckpt");
        using TorchFile file = TorchFile.Open(path);
        Assert.Equal($"{path} has no weight 'x'.", Assert.Throws<CheckpointException>(() => file.Get("x")).Message);
        Assert.Contains("tensor 'steps' is of type I64", Assert.Throws<CheckpointException>(() => file.Get("steps")).Message, StringComparison.Ordinal);
    }
}

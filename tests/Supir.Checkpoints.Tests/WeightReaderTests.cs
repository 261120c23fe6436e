using Supir.Engine;
using Xunit;

namespace Supir.Checkpoints.Tests;

public sealed class WeightReaderTests
{
    private readonly WeightReader _reader = new(new ListedSource(
        "some.safetensors", ("time_embed.0.weight", new Shape(2, 3), 1), ("time_embed.0.bias", new Shape(2), 2), ("out.weight", new Shape(2), 3), ("outer", new Shape([]), 4)));

    [Fact]
    public void Weights_are_read_by_name_below_a_prefix()
    {
        WeightReader layer = _reader.Under("time_embed").Under("0");

        Assert.Equal([2f, 2f], layer.Read("bias", new Shape(2)).ToFloats());
        Assert.Equal([4f], _reader.Read("outer", new Shape([])).ToFloats());
        Assert.Equal("time_embed.0", layer.Prefix);
        Assert.Equal("time_embed.0.bias", layer.FullNameOf("bias"));
        Assert.Equal([3f, 3f], _reader.Under("out.weight").Read("", new Shape(2)).ToFloats());
    }

    [Fact]
    public void A_missing_weight_is_named_with_the_shape_that_was_expected()
    {
        CheckpointException exception = Assert.Throws<CheckpointException>(() => _reader.Under("time_embed.0").Read("scale", new Shape(2, 3)));
        Assert.Equal("The checkpoint has no weight 'time_embed.0.scale' (expected shape [2, 3]). Looked in: some.safetensors.", exception.Message);
    }

    [Fact]
    public void A_weight_of_another_shape_is_named_with_both()
    {
        CheckpointException exception = Assert.Throws<CheckpointException>(() => _reader.Read("time_embed.0.weight", new Shape(3, 2)));
        Assert.Equal("The weight 'time_embed.0.weight' has the shape [2, 3], but [3, 2] is expected. It is in: some.safetensors.", exception.Message);
        Assert.Throws<CheckpointException>(() => _reader.Read("out.weight", new Shape(2, 1)));
    }

    [Fact]
    public void Asking_tells_what_is_there()
    {
        Assert.True(_reader.Under("out").Has("weight"));
        Assert.False(_reader.Has("out"));
        Assert.Equal(new Shape(2, 3), _reader.ShapeOf("time_embed.0.weight"));
        Assert.Null(_reader.ShapeOf("time_embed.0"));
    }

    [Fact]
    public void What_nobody_read_is_counted_and_the_first_is_named()
    {
        _reader.Under("time_embed.0").Read("bias", new Shape(2));
        _reader.ShapeOf("time_embed.0.weight");

        Assert.Equal(
            "Weights that no module read: 3, the first being 'time_embed.0.weight'. They are in: some.safetensors.",
            Assert.Throws<CheckpointException>(() => _reader.RequireAllRead()).Message);
        Assert.Contains(
            ": 1, the first being 'outer'",
            Assert.Throws<CheckpointException>(() => _reader.RequireAllRead("time_embed.0.weight", "out")).Message,
            StringComparison.Ordinal);
        _reader.RequireAllRead("time_embed", "out", "outer");
    }

    [Fact]
    public void A_weight_of_the_wrong_shape_does_not_count_as_read()
    {
        Assert.Throws<CheckpointException>(() => _reader.Read("outer", new Shape(1)));
        Assert.Throws<CheckpointException>(() => _reader.RequireAllRead("time_embed", "out"));
    }

    [Fact]
    public void A_reader_below_a_prefix_answers_for_that_prefix()
    {
        WeightReader layer = _reader.Under("time_embed");
        layer.Read("0.weight", new Shape(2, 3));

        Assert.Contains(": 1, the first being 'time_embed.0.bias'", Assert.Throws<CheckpointException>(() => layer.RequireAllRead()).Message, StringComparison.Ordinal);
        layer.RequireAllRead("0.bias");
    }

    [Theory]
    [InlineData("a.b", "a.b", true)]
    [InlineData("a.b.c", "a.b", true)]
    [InlineData("a.bc", "a.b", false)]
    [InlineData("a", "a.b", false)]
    [InlineData("x", "", true)]
    public void A_prefix_ends_at_a_dot(string name, string prefix, bool isUnder) => Assert.Equal(isUnder, WeightReader.IsUnder(name, prefix));
}

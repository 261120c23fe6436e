using Supir.Engine;
using Xunit;

namespace Supir.Checkpoints.Tests;

public sealed class OverlaySourceTests : IDisposable
{
    private readonly ListedSource _sdxl = new(
        "sdxl", ("model.diffusion_model.a", new Shape(1), 1), ("model.diffusion_model.b", new Shape(2), 2), ("first_stage_model.c", new Shape(1), 3));

    private readonly ListedSource _supir = new(
        "supir", ("control_model.mask_LQ", new Shape(4), 9), ("control_model.d", new Shape(1), 4), ("diffusion_model.b", new Shape(3), 5));

    public void Dispose()
    {
        _sdxl.Dispose();
        _supir.Dispose();
    }

    [Fact]
    public void A_later_source_overrides_and_adds_under_full_names()
    {
        using OverlaySource source = new(_sdxl, _supir);

        Assert.Equal(["model.diffusion_model.a", "model.diffusion_model.b", "first_stage_model.c", "model.control_model.d"], source.Tensors.Keys);
        Assert.Equal([5f, 5f, 5f], source.Get("model.diffusion_model.b").ToFloats());
        Assert.Equal(new Shape(3), source.Tensors["model.diffusion_model.b"].Shape);
        Assert.Equal([1f], source.Get("model.diffusion_model.a").ToFloats());
        Assert.Equal([4f], source.Get("model.control_model.d").ToFloats());
        Assert.Equal("sdxl + supir", source.Description);
    }

    [Fact]
    public void The_order_of_the_sources_decides()
    {
        using OverlaySource source = new(_supir, _sdxl);
        Assert.Equal([2f, 2f], source.Get("model.diffusion_model.b").ToFloats());
    }

    [Fact]
    public void Names_that_no_source_has_or_that_are_dropped_are_refused()
    {
        using OverlaySource source = new(_sdxl, _supir);
        Assert.Equal("sdxl + supir has no weight 'x'.", Assert.Throws<CheckpointException>(() => source.Get("x")).Message);
        Assert.Throws<CheckpointException>(() => source.Get("model.control_model.mask_LQ"));
    }

    [Fact]
    public void One_source_with_the_same_weight_twice_is_refused()
    {
        ListedSource twice = new("twice", ("control_model.d", new Shape(1), 1), ("model.control_model.d", new Shape(1), 2));
        Assert.Equal(
            "twice holds the same weight twice, as 'control_model.d' and as 'model.control_model.d'.",
            Assert.Throws<CheckpointException>(() => new OverlaySource(_sdxl, twice)).Message);
        Assert.False(_sdxl.IsDisposed);
    }

    [Fact]
    public void Skipped_tensors_of_all_sources_are_listed()
    {
        SkippedTensor ids = new("position_ids", "I64", "[77]", 616);
        using OverlaySource source = new(_sdxl, new ListedSource("more") { Skipped = [ids] });
        Assert.Equal([ids], source.Skipped);
    }

    [Fact]
    public void The_sources_are_closed_together()
    {
        new OverlaySource(_sdxl, _supir).Dispose();
        Assert.True(_sdxl.IsDisposed && _supir.IsDisposed);
    }
}

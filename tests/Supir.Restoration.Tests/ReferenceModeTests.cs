using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Sampling;
using Xunit;

namespace Supir.Restoration.Tests;

/// <summary>What only <c>--mode reference</c> does, as far as no golden shows it.</summary>
public sealed class ReferenceModeTests
{
    private static readonly Picture WithAlpha = new(64, 64, [.. Enumerable.Repeat((byte)40, 64 * 64 * 3)], [.. Enumerable.Repeat((byte)128, 64 * 64)]);

    [Theory]
    [InlineData("reference", "cli", 40, false)] // dropped
    [InlineData("reference", "demo", 147, false)] // 40 · 128/255 + 255 · 127/255 = 147.08 on white
    [InlineData("precise", "cli", 40, true)]
    [InlineData("precise", "demo", 40, true)]
    public void Alpha_is_dropped_or_laid_on_white_and_kept_in_precise_mode(string mode, string sizing, int level, bool isKept)
    {
        RestorationSettings settings = MiniModel.Settings(("mode", mode), ("sizing", sizing), ("min_size", "64"));
        WorkingSize size = WorkingPicture.SizeOf(WithAlpha, settings);

        FloatImage working = WorkingPicture.Of(WithAlpha, size, settings);
        Picture written = WorkingPicture.Finish(working, size, WithAlpha, settings);

        Assert.Equal(level, (working.Pixels[300] * 127.5) + 127.5, 0.01);
        Assert.Equal(isKept, written.HasAlpha);
    }

    [Fact]
    public void Half_parameters_round_the_denoisers_table_and_leave_no_two_levels_the_same()
    {
        DiscreteDenoiser whole = new(DenoiserOptions.StableDiffusion);
        DiscreteDenoiser half = new(DenoiserOptions.StableDiffusion with { HalfLevels = true });

        Assert.Equal(whole.Levels.ToArray().Select(level => (float)(Half)level), half.Levels.ToArray());
        Assert.Equal(1000, half.Levels.ToArray().Distinct().Count());
        Assert.NotEqual(whole.Levels.ToArray(), half.Levels.ToArray());
    }

    [Theory]
    [InlineData("reference", SamplerKind.RestoreDpmpp2M, true)]
    [InlineData("reference", SamplerKind.TiledRestoreDpmpp2M, true)]
    [InlineData("reference", SamplerKind.RestoreEdm, false)]
    [InlineData("precise", SamplerKind.RestoreDpmpp2M, false)]
    public void Samplers_for_few_steps_never_hear_of_a_control_scale_that_changes(string mode, SamplerKind kind, bool isFixed)
    {
        RestorationSettings settings = MiniModel.Settings(("mode", mode), ("linear_s_stage2", "true"), ("spt_linear_s_stage2", "0.2"));

        SamplerParameters parameters = SamplerParameters.Of(settings, MiniModel.Options.Sampler with { Kind = kind });

        Assert.Equal(isFixed ? 1.0 : 0.2, parameters.ControlScale.AtMostNoise);
        Assert.Equal(mode == "precise", parameters.NoiseInFirstStep);
        Assert.Equal(mode == "reference", parameters.AlwaysBothHalves);
    }

    [Fact]
    public void Long_prompts_are_cut_at_77_tokens_unless_asked_for()
    {
        Assert.False(MiniModel.Settings(("mode", "reference")).LongPrompts);
        Assert.True(MiniModel.Settings(("mode", "precise")).LongPrompts);
        Assert.True(MiniModel.Settings(("mode", "reference"), ("long_prompts", "")).LongPrompts);
    }
}

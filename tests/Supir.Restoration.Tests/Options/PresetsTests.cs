using Supir.Restoration.Guidance;
using Supir.Restoration.Options;
using Xunit;

namespace Supir.Restoration.Tests.Options;

public class PresetsTests
{
    private static readonly ModelOptions Published = OptionsFile.Read(RepositoryFile.OptionsText("SUPIR_v0"), "/folder/published.yaml");
    private static readonly ModelOptions Mini = OptionsFile.Read(RepositoryFile.OptionsText("SUPIR_mini"), "/folder/mini.yaml");

    [Theory]
    [InlineData("reference-Q", 7.5, 4.0, 1.003, 50, SupirVariant.Quality, Sizing.Demo)]
    [InlineData("reference-F", 4.0, 1.0, 1.003, 50, SupirVariant.Fidelity, Sizing.Demo)]
    [InlineData("README-Q", 6.0, 3.0, 1.02, 50, SupirVariant.Quality, Sizing.Cli)]
    [InlineData("README-F", 4.0, 1.0, 1.01, 50, SupirVariant.Fidelity, Sizing.Cli)]
    [InlineData("author-1", 4.0, 1.0, 1.007, 50, SupirVariant.Quality, Sizing.Cli)]
    [InlineData("author-2", 4.5, 1.5, 1.011, 50, SupirVariant.Quality, Sizing.Cli)]
    [InlineData("author-3", 5.0, 2.0, 1.015, 50, SupirVariant.Quality, Sizing.Cli)]
    [InlineData("AUTHOR-4", 5.5, 2.5, 1.020, 50, SupirVariant.Quality, Sizing.Cli)]
    [InlineData("Lightning", 2.0, 2.0, 1.003, 8, SupirVariant.Quality, Sizing.Cli)]
    public void A_preset_sets_what_its_source_says(
        string name, double guidance, double atMostNoise, double noise, int steps, SupirVariant variant, Sizing sizing)
    {
        foreach (ModelOptions options in new[] { Published, Mini })
        {
            RestorationSettings settings = Resolve(options, ("preset", name));

            Assert.Equal(new LinearGuidance(guidance, atMostNoise), settings.Guidance);
            Assert.Equal((noise, steps, variant, sizing), (settings.NoiseMultiplier, settings.Steps, settings.Variant, settings.Sizing));
        }
    }

    [Fact]
    public void The_command_line_counts_before_a_preset_and_a_preset_before_the_options_file()
    {
        RestorationSettings settings = Resolve(Mini, ("preset", "author-3"), ("s_cfg", "9"));

        Assert.Equal(new LinearGuidance(9, 2.0), settings.Guidance);
        Assert.Equal(50, settings.Steps); // 8 in the file
        Assert.Null(settings.RestorationExponent); // 0.6 in the file
        Assert.Equal(512, settings.MinSize); // the preset says nothing of it
    }

    [Fact]
    public void The_files_own_presets_are_those_it_always_had()
    {
        Assert.Equal(new LinearGuidance(7.5, 4.0), Resolve(Published, ("preset", "Quality")).Guidance);
        Assert.Equal(new LinearGuidance(4.0, 1.0), Resolve(Published, ("preset", "Fidelity")).Guidance);
    }

    [Fact]
    public void An_unknown_preset_is_refused_with_all_that_there_are()
    {
        OptionException fault = Assert.Throws<OptionException>(() => Resolve(Mini, ("preset", "best")));

        Assert.StartsWith("--preset: ", fault.Message, StringComparison.Ordinal);
        Assert.All(Presets.All, preset => Assert.Contains(preset.Name, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Lightning_takes_the_sampler_for_few_steps_whatever_the_file_has()
    {
        Assert.Equal(SamplerKind.RestoreDpmpp2M, Resolve(Published, ("preset", "Lightning")).Sampler!.Kind);
        Assert.Equal(SamplerKind.TiledRestoreDpmpp2M, Resolve(Published, ("preset", "Lightning"), ("sampler", "TiledRestoreDPMPP2M")).Sampler!.Kind);
    }

    [Theory]
    [InlineData("TiledRestoreEDM", null, null, 128, 64)]
    [InlineData("tiledrestoredpmpp2msampler", "32", null, 32, 16)]
    [InlineData("TiledRestoreEDMSampler", "32", "32", 32, 32)]
    [InlineData("TiledRestoreEDM", null, "100", 128, 100)]
    public void Sampler_and_tiles_can_be_chosen(string sampler, string? size, string? stride, int expectedSize, int expectedStride)
    {
        RestorationSettings settings = Resolve(Published, ("sampler", sampler), ("tile_size", size), ("tile_stride", stride));

        Assert.Equal(new TileOptions(expectedSize, expectedStride), settings.Sampler!.Tiles);
    }

    [Theory]
    [InlineData("sampler", "UniPC", "--sampler: must be one of RestoreEDM, ")]
    [InlineData("tile_size", "64", "--tile_size: the sampler RestoreEDM has no tiles")]
    [InlineData("tile_stride", "64", "--tile_stride: the sampler RestoreEDM has no tiles")]
    [InlineData("gamma", "0", "--gamma: must be a number from 0.1")]
    [InlineData("sizing", "page", "--sizing: must be one of Cli, Demo")]
    public void What_does_not_fit_is_refused(string flag, string value, string told)
    {
        OptionException fault = Assert.Throws<OptionException>(() => Resolve(Published, (flag, value)));

        Assert.StartsWith(told, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tiles_with_gaps_are_refused()
    {
        OptionException fault = Assert.Throws<OptionException>(
            () => Resolve(Published, ("sampler", "TiledRestoreEDM"), ("tile_size", "32"), ("tile_stride", "33")));

        Assert.Contains("33 is more than the tiles' size 32", fault.Message, StringComparison.Ordinal);
    }

    private static RestorationSettings Resolve(ModelOptions options, params (string Flag, string? Text)[] commandLine) =>
        SettingsResolver.Resolve(options, commandLine.ToDictionary(given => given.Flag, given => given.Text), ComputeDevice.Cpu);
}

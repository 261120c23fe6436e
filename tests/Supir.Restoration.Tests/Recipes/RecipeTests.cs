using System.Text.Json;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;
using Xunit;

namespace Supir.Restoration.Tests.Recipes;

public sealed class RecipeTests
{
    private static readonly FileIdentity Input = new("bee.jpg", new string('a', 64));

    private static readonly ModelIdentity Model = new("SUPIR_mini.yaml", new string('b', 64), [new FileIdentity("supir-mini.safetensors", new string('c', 64))]);

    private static readonly Dictionary<string, string> Odd = new()
    {
        ["upscale"] = "1.7",
        ["max_megapixels"] = "33.3",
        ["min_size"] = "640",
        ["edm_steps"] = "17",
        ["s_stage1"] = "0.6",
        ["s_churn"] = "0.1",
        ["s_noise"] = "1.003",
        ["s_cfg"] = "5.5",
        ["spt_linear_CFG"] = "2.5",
        ["linear_CFG"] = "true",
        ["s_stage2"] = "0.93",
        ["spt_linear_s_stage2"] = "0.2",
        ["linear_s_stage2"] = "true",
        ["seed"] = "4294967295",
        ["caption"] = "Zwei Möwen, \"still\"",
        ["a_prompt"] = "<sharp>",
        ["n_prompt"] = "",
        ["color_fix_type"] = "AdaIn",
        ["color_fix_reference"] = "Input",
        ["ae_dtype"] = "bf16",
        ["diff_dtype"] = "fp32",
        ["mode"] = "reference",
        ["rng"] = "Cuda",
        ["SUPIR_sign"] = "F",
        ["num_samples"] = "3",
        ["tile_batch"] = "2",
        ["long_prompts"] = "true",
        ["use_tile_vae"] = "true",
        ["encoder_tile_size"] = "320",
        ["decoder_tile_size"] = "40",
        ["format"] = "webp",
        ["sizing"] = "Cli",
        ["gamma"] = "0.9",
        ["sampler"] = "TiledRestoreEDM",
        ["tile_size"] = "48",
        ["tile_stride"] = "32",
        ["quality"] = "71",
        ["bits"] = "16",
    };

    [Fact]
    public void Every_flag_of_a_run_is_in_its_recipe_and_gives_the_same_settings_again()
    {
        RestorationSettings settings = Resolve(Odd);

        SortedList<string, string> flags = SettingFlags.Of(settings);

        Assert.Equal(Odd.OrderBy(flag => flag.Key, StringComparer.Ordinal), flags);
        Assert.Equal(settings, Resolve(flags));
        string[] others = ["width", "height"]; // upscale stands for them
        Assert.Equal(SettingsResolver.Flags.Except(SettingFlags.LeftOut).Except(others).Order(), flags.Keys.Order());
        Assert.Equal("200", SettingFlags.Of(Resolve(new Dictionary<string, string> { ["width"] = "200", ["height"] = "300" }))["width"]);
    }

    [Fact]
    public void A_recipe_is_ascii_text_that_can_be_read_again()
    {
        Recipe recipe = Recipe.For(Input, Model, ComputeDevice.Cpu, Resolve(Odd) with { TileCaptions = ["a", "b"] }, PictureFormat.Png);

        string text = RecipeText.Write(recipe);
        Recipe read = RecipeText.Read(text, "made");

        Assert.All(text, character => Assert.InRange(character, ' ', '~'));
        Assert.Equal(text, RecipeText.Write(read));
        Assert.True(recipe.IsFulfilledBy(read));
        Assert.Equal("png", read.Settings["format"]);
        Assert.Equal(Recipe.ThisVersion, read.Version);
    }

    [Fact]
    public void Any_difference_counts_but_version_precision_and_a_seed_that_nobody_asked_for()
    {
        Recipe recipe = Recipe.For(Input, Model, ComputeDevice.Cpu, Resolve([]), PictureFormat.Png);
        Recipe random = Recipe.For(Input, Model, ComputeDevice.Cpu, Resolve(new Dictionary<string, string> { ["seed"] = "-1" }), PictureFormat.Png);

        Assert.True(recipe.IsFulfilledBy(recipe with { Version = "9", Weights = Engine.WeightPrecision.EightBit }));
        Assert.True(random.IsFulfilledBy(recipe));
        Assert.False(recipe.IsFulfilledBy(random));
        Recipe described = Recipe.For(Input, Model, ComputeDevice.Cpu, Resolve(new Dictionary<string, string> { ["caption"] = "A bee." }), PictureFormat.Png);
        Assert.False(recipe.IsFulfilledBy(described));
        Assert.True(recipe.IsFulfilledBy(described, anyCaption: true));
        Assert.False(recipe.IsFulfilledBy(recipe with { Sample = 1 }));
        Assert.False(recipe.IsFulfilledBy(recipe with { Device = "cuda" }));
        Assert.False(recipe.IsFulfilledBy(recipe with { Input = Input with { Sha256 = new string('d', 64) } }));
        Assert.False(recipe.IsFulfilledBy(recipe with { TileCaptions = ["a"] }));
        Assert.False(recipe.IsFulfilledBy(recipe with { Model = Model with { Files = [] } }));
        Assert.False(recipe.IsFulfilledBy(recipe with { Model = Model with { Description = "" } }));
        Assert.False(recipe.IsFulfilledBy(Recipe.For(Input, Model, ComputeDevice.Cpu, Resolve(new Dictionary<string, string> { ["s_churn"] = "6" }), PictureFormat.Png)));
        Assert.False(recipe.IsFulfilledBy(Recipe.For(Input, Model, ComputeDevice.Cpu, Resolve([]), PictureFormat.Tiff)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"supirRecipe\":1}")]
    [InlineData("{\"supirRecipe\":1,\"recipe\":{\"version\":\"1\"}}")]
    [InlineData("{\"supirRecipe\":1,\"recipe\":{\"version\":null,\"input\":null,\"model\":null,\"device\":null,\"settings\":null}}")]
    [InlineData("{\"supirRecipe\":99,\"recipe\":{}}")]
    public void A_damaged_recipe_is_the_files_fault(string text)
    {
        Assert.Contains("made.png", Assert.Throws<PictureException>(() => RecipeText.Read(text, "made.png")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_file_is_hashed_once_and_again_when_it_changes()
    {
        string folder = Directory.CreateTempSubdirectory("supir-hashes-").FullName;
        try
        {
            string file = Path.Combine(folder, "model.safetensors");
            FileHashes hashes = new(Path.Combine(folder, "cache", "hashes.json"));
            File.WriteAllText(file, "abc");
            Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hashes.Of(file).Sha256);

            // Another content under the same length and time shows that the file is not read again.
            DateTime time = File.GetLastWriteTimeUtc(file);
            File.WriteAllText(file, "xyz");
            File.SetLastWriteTimeUtc(file, time);
            Assert.StartsWith("ba78", hashes.Of(file).Sha256, StringComparison.Ordinal);

            File.SetLastWriteTimeUtc(file, time.AddSeconds(1));
            Assert.StartsWith("3608", hashes.Of(file).Sha256, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, "cache", "hashes.json"), "no JSON");
            Assert.StartsWith("3608", hashes.Of(file).Sha256, StringComparison.Ordinal);
            Assert.Equal(1, JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(folder, "cache", "hashes.json")))?.Count);
            Assert.Throws<Checkpoints.CheckpointException>(() => hashes.Of(Path.Combine(folder, "none")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static RestorationSettings Resolve(IEnumerable<KeyValuePair<string, string>> flags) =>
        SettingsResolver.Resolve(
            MiniModel.Options with { DefaultSettings = new Dictionary<string, string>() },
            flags.ToDictionary(flag => flag.Key, string? (flag) => flag.Value),
            ComputeDevice.Cpu);
}

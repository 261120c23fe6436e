using System.Text.Json;
using System.Text.Json.Serialization;
using Supir.Engine;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;
using Supir.Restoration.Tests.Options;
using Xunit;

namespace Supir.Restoration.Tests.Recipes;

/// <summary>What is written by hand is what the serializer would write, byte for byte, so that nothing of a type is forgotten.</summary>
public sealed class RecipeFormatTests
{
    private static readonly JsonSerializerOptions OfRecipes = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<WeightPrecision>(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions OfDescriptions = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static TheoryData<string> OptionsFiles => [.. Directory.EnumerateFiles(RepositoryFile.PathOf("options"), "*.yaml").Select(path => Path.GetFileName(path))];

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(WeightPrecision.AsStored, 0.1f, 3)]
    [InlineData(WeightPrecision.EightBit, 1e-7f, 0)]
    public void A_recipe_has_every_field_in_its_place(WeightPrecision? weights, float? strength, int sample)
    {
        FileIdentity file = new("Möwe & \"<Meer>\".jpg", new string('a', 64));
        Recipe recipe = new()
        {
            Version = "1.2",
            Input = file,
            Model = new ModelIdentity("x.yaml", "d", [file, file with { Strength = strength }]),
            Device = "cpu",
            Weights = weights,
            Settings = new SortedDictionary<string, string> { ["caption"] = "Zwei\n🐝", ["n_prompt"] = "" },
            TileCaptions = sample > 0 ? ["a", "ü", ""] : null,
            Sample = sample,
        };

        Assert.Equal(JsonSerializer.Serialize(new { supirRecipe = 1, recipe }, OfRecipes), RecipeText.Write(recipe));
    }

    [Theory]
    [MemberData(nameof(OptionsFiles))]
    public void A_models_description_has_all_that_its_options_say(string name)
    {
        ModelOptions options = OptionsFile.Load(RepositoryFile.PathOf($"options/{name}"));
        SamplerOptions odd = options.Sampler with
        {
            ChurnSigmaMin = double.NegativeInfinity,
            ChurnSigmaMax = 0.1,
            Eta = double.NaN,
            RestorationSigmaMin = 1e-7,
            Tiles = new TileOptions(96, 48),
        };
        foreach (ModelOptions model in new[] { options, options with { Sampler = odd, TextEncoders = [new(TextEncoderKind.OpenClip, null), new(TextEncoderKind.Clip, 11)] } })
        {
            Assert.Equal(JsonSerializer.SerializeToUtf8Bytes(
                new { model.Control, model.UNet, model.Vae, model.TextEncoders, model.SizeEmbedders, model.Denoiser, model.Sampler, model.Checkpoints.HalfParameters }, OfDescriptions),
                ModelDescription.Write(model));
        }
    }

    [Fact]
    public void Other_noise_levels_are_another_model()
    {
        ModelOptions options = OptionsFile.Load(RepositoryFile.PathOf("options/SUPIR_mini.yaml"));
        ScheduleOptions[] schedules =
        [
            DdpmScheduleOptions.StableDiffusion, DdpmScheduleOptions.StableDiffusion with { LinearEnd = 0.013 }, DdpmScheduleOptions.StableDiffusion with { TrainingSteps = 999 },
            EdmScheduleOptions.Default, EdmScheduleOptions.Default with { SigmaMax = 60 }, EdmScheduleOptions.Default with { Rho = 5 },
        ];

        string[] hashes =
        [
            .. schedules.Select(schedule => ModelDescription.HashOf(options with { Sampler = options.Sampler with { Schedule = schedule } })),
            .. schedules.Skip(1).Select(schedule => ModelDescription.HashOf(options with { Denoiser = options.Denoiser with { Schedule = schedule } })),
        ];

        Assert.Equal(11, hashes.Distinct().Count());
        Assert.Equal(ModelDescription.HashOf(options), hashes[0]);
    }

    [Fact]
    public void The_small_model_is_the_one_that_earlier_recipes_name()
    {
        Assert.Equal(
            "6b8303aa89beb25eec366fe29993340f011b037177bf5d5dc7f96382774b49a0",
            ModelDescription.HashOf(OptionsFile.Load(RepositoryFile.PathOf("options/SUPIR_mini.yaml"))));
    }
}

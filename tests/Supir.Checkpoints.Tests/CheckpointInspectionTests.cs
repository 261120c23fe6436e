using Supir.Engine;
using Supir.Testing;
using Xunit;

namespace Supir.Checkpoints.Tests;

public sealed class CheckpointInspectionTests
{
    private static readonly CheckpointPart[] SupirParts = [CheckpointPart.Connectors, CheckpointPart.Control, CheckpointPart.DenoiseEncoder];

    [Fact]
    public void Sdxl_with_supir_lacks_nothing()
    {
        using SyntheticSource source = SyntheticSource.Open(Golden.PathOf("full.manifest.json"));
        CheckpointInspection inspection = CheckpointInspection.Of(source);

        Assert.Equal(CheckpointKind.SdxlWithSupir, inspection.Kind);
        Assert.Empty(inspection.Missing);
        Assert.Equal((3548, 4_801_177_780, 9_602_355_560), (inspection.TensorCount, inspection.ParameterCount, inspection.ByteCount));
        Assert.Equal([new TypeShare(DType.Float16, 3548, 4_801_177_780, 9_602_355_560)], inspection.ByType);
    }

    [Fact]
    public void Sdxl_base_lacks_what_supir_adds()
    {
        CheckpointInspection inspection = Inspect(name => !IsSupirs(name));
        Assert.Equal(CheckpointKind.SdxlBase, inspection.Kind);
        Assert.Equal(SupirParts, inspection.Missing);
    }

    [Theory]
    [InlineData("model.")]
    [InlineData("nothing that a name begins with")]
    public void Supir_lacks_what_sdxl_brings_with_or_without_prefix(string cut)
    {
        CheckpointInspection inspection = Inspect(IsSupirs, name => name.StartsWith(cut, StringComparison.Ordinal) ? name[cut.Length..] : name);
        Assert.Equal(CheckpointKind.Supir, inspection.Kind);
        Assert.Equal(SupirParts, inspection.Present);
        Assert.Equal(5, inspection.Missing.Count);
    }

    [Fact]
    public void The_embedded_checkpoint_is_the_mini_one()
    {
        using SafetensorsFile file = SafetensorsFile.Open(MiniCheckpoint.Path);
        CheckpointInspection inspection = CheckpointInspection.Of(file);

        Assert.Equal(CheckpointKind.SupirMini, inspection.Kind);
        Assert.Empty(inspection.Missing);
        Assert.Equal((1448, 25_246_212), (inspection.TensorCount, inspection.ParameterCount));
        Assert.Equal([(DType.Float16, 940), (DType.Int8, 508)], inspection.ByType.Select(share => (share.Type, share.TensorCount)));
    }

    [Theory]
    [InlineData("first_stage_model.encoder", CheckpointKind.Vae)]
    [InlineData("conditioner", CheckpointKind.TextEncoder)]
    [InlineData("model.control_model", CheckpointKind.Unknown)]
    [InlineData("first_stage_model.denoise_encoder", CheckpointKind.Unknown)]
    [InlineData("no such prefix", CheckpointKind.Unknown)]
    public void A_part_alone_is_told_apart(string prefix, CheckpointKind kind) =>
        Assert.Equal(kind, Inspect(name => WeightReader.IsUnder(name, prefix)).Kind);

    [Fact]
    public void An_autoencoder_without_prefixes_and_a_text_encoder_of_its_own_are_known()
    {
        Assert.Equal(CheckpointKind.Vae, Inspect(name => name.StartsWith("first_stage_model.", StringComparison.Ordinal) && !IsSupirs(name), name => name["first_stage_model.".Length..]).Kind);
        CheckpointInspection text = InspectListed(("text_model.embeddings.token_embedding.weight", new Shape(49408, 8)));
        Assert.Equal((CheckpointKind.TextEncoder, "a CLIP text encoder in Hugging Face's naming"), (text.Kind, text.Title));
    }

    [Fact]
    public void Unets_of_other_models_are_not_taken_for_sdxl_base()
    {
        // SD 1.5 has no vector condition, SDXL's inpainting UNet nine channels in, its refiner other widths.
        Assert.Equal(CheckpointKind.Unknown, InspectListed(("model.diffusion_model.input_blocks.0.0.weight", new Shape(320, 4, 3, 3))).Kind);
        Assert.Equal(CheckpointKind.Unknown, InspectUnet(320, 9, 2816).Kind);
        Assert.Equal(CheckpointKind.Unknown, InspectUnet(384, 4, 2560).Kind);
        Assert.Equal(CheckpointKind.SdxlBase, InspectUnet(320, 4, 2816).Kind);
    }

    [Theory]
    [InlineData("lora_unet_x.lora_down.weight", "a LoRA in kohya's naming, of rank 8")]
    [InlineData("unet.x.lora_A.weight", "a LoRA in diffusers' naming, of rank 8")]
    public void A_lora_is_known_with_its_naming_and_rank(string name, string title)
    {
        CheckpointInspection inspection = InspectListed((name, new Shape(8, 320)));
        Assert.Equal((CheckpointKind.Lora, title), (inspection.Kind, inspection.Title));
    }

    [Fact]
    public void The_files_format_and_what_is_in_8_bits_are_told()
    {
        using SafetensorsFile file = SafetensorsFile.Open(MiniCheckpoint.Path);
        CheckpointInspection inspection = CheckpointInspection.Of(file);
        Assert.Equal("508 of 1448 weights in int8 with a scale per output channel", inspection.Quantisation);
        Assert.Equal("safetensors", inspection.FormatName);
        using IWeightSource torch = CheckpointFile.Open(Pickles.PickleFixture.PathOf("types.legacy.ckpt"));
        Assert.Equal("torch pickle of the older format", CheckpointInspection.Of(torch).FormatName);
        Assert.Null(CheckpointInspection.Of(torch).Quantisation);
    }

    [Theory]
    [InlineData(4096, "LLaVA-1.5-7B, for captions")]
    [InlineData(5120, "LLaVA-1.5-13B, for captions")]
    [InlineData(64, "a LLaVA-1.5 of 64 channels, for captions")]
    public void A_LLaVA_in_the_original_naming_is_named_with_its_size_and_lacks_the_vision_tower(int channels, string title)
    {
        CheckpointInspection inspection = InspectListed(
            ("model.embed_tokens.weight", new Shape(32, channels)), ("model.mm_projector.0.weight", new Shape(channels, 16)), ("lm_head.weight", new Shape(32, channels)));

        Assert.Equal((CheckpointKind.Llava, title), (inspection.Kind, inspection.Title));
        Assert.Equal(["projector", "language model", "language model's head"], inspection.PresentNames);
        Assert.Equal(["vision tower"], inspection.MissingNames);
    }

    [Fact]
    public void A_whole_LLaVA_lacks_nothing_and_a_language_model_alone_is_none()
    {
        using SyntheticSource tiny = SyntheticSource.Open(Golden.PathOf("llava.manifest.json"));
        CheckpointInspection whole = CheckpointInspection.Of(tiny);

        Assert.Equal(CheckpointKind.Llava, whole.Kind);
        Assert.Empty(whole.MissingNames);
        Assert.Equal(CheckpointKind.Unknown, InspectListed(("model.embed_tokens.weight", new Shape(32, 4096)), ("lm_head.weight", new Shape(32, 4096))).Kind);
    }

    [Fact]
    public void SUPIRs_additions_at_the_small_size_are_named()
    {
        using SafetensorsFile file = SafetensorsFile.Open(MiniCheckpoint.Path);
        using SyntheticSource additions = new("additions", file.Tensors.Values.Where(info => IsSupirs(CheckpointNames.Normalise(info.Name) ?? ""))
            .Select(info => KeyValuePair.Create(info.Name, info.Shape!.Value)));

        Assert.Equal("SUPIR at the embedded checkpoint's small size, for use over a base of it", CheckpointInspection.Of(additions).Title);
    }

    [Fact]
    public void Every_kind_and_part_has_words()
    {
        Assert.All(Enum.GetValues<CheckpointPart>(), part => Assert.NotEmpty(part.Description));
        Assert.Equal("no model that this program knows", InspectListed().Title);
        Assert.Equal("SDXL base", InspectUnet(320, 4, 2816).Title);
    }

    private static bool IsSupirs(string name) =>
        SupirParts.Any(part => WeightReader.IsUnder(name, part.Prefix));

    private static CheckpointInspection Inspect(Func<string, bool> keep, Func<string, string>? rename = null)
    {
        using SyntheticSource full = SyntheticSource.Open(Golden.PathOf("full.manifest.json"));
        using SyntheticSource kept = new("kept", full.Tensors.Values.Where(info => keep(info.Name))
            .Select(info => KeyValuePair.Create(rename?.Invoke(info.Name) ?? info.Name, info.Shape!.Value)));
        return CheckpointInspection.Of(kept);
    }

    private static CheckpointInspection InspectUnet(int baseChannels, int inChannels, int vectorChannels) => InspectListed(
        ("model.diffusion_model.input_blocks.0.0.weight", new Shape(baseChannels, inChannels, 3, 3)),
        ("model.diffusion_model.label_emb.0.0.weight", new Shape(4 * baseChannels, vectorChannels)));

    private static CheckpointInspection InspectListed(params (string Name, Shape Shape)[] weights)
    {
        using SyntheticSource source = new("listed", weights.Select(weight => KeyValuePair.Create(weight.Name, weight.Shape)));
        return CheckpointInspection.Of(source);
    }
}

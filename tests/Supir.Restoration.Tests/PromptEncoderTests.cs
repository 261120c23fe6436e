using Supir.Engine.Cpu;
using Supir.Models.TextEncoders;
using Supir.Models.Tokenizers;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests;

public sealed class PromptEncoderTests
{
    private static readonly string Quality = string.Concat(Enumerable.Repeat("cinematic, highly detailed, ", 12)) + "sharp";
    private static readonly string Long = string.Concat(Enumerable.Repeat("a red bird on a blue house, ", 14));

    [Fact]
    public void A_prompt_within_77_tokens_is_the_same_in_pieces_as_cut()
    {
        TextCondition cut = Encode(inPieces: false, "a photo of a cat")[0];
        TextCondition pieces = Encode(inPieces: true, "a photo of a cat")[0];

        Assert.Equal(cut.Context, pieces.Context);
        Assert.Equal(cut.Vector, pieces.Vector);
    }

    [Fact]
    public void The_quality_prompt_behind_a_long_caption_counts_in_pieces_alone()
    {
        Assert.True(ClipTokenizer.OpenClip.Encode(Long).Length > ClipTokenizer.ContextLength);

        Assert.Equal(Encode(inPieces: false, Long)[0].Context, Encode(inPieces: false, Long + Quality)[0].Context);
        Assert.NotEqual(Encode(inPieces: true, Long + "soft")[0].Context, Encode(inPieces: true, Long + "sharp")[0].Context);
    }

    [Fact]
    public void A_piece_is_what_its_words_alone_would_be_and_the_pooled_text_is_the_first_pieces()
    {
        string first = string.Concat(Enumerable.Repeat("cat ", 75));
        TextCondition[] whole = Encode(inPieces: true, first + "a blue house", "sky");
        TextCondition head = Encode(inPieces: true, first)[0];
        TextCondition tail = Encode(inPieces: true, "a blue house")[0];

        Assertions.Close([.. head.Context, .. tail.Context], whole[0].Context, relative: 1e-6);
        Assertions.Close(head.Vector, whole[0].Vector, relative: 1e-6);
        Assert.Equal(whole[0].Context.Length, whole[1].Context.Length);
    }

    [Fact]
    public void Many_texts_are_those_of_the_reference_one_by_one()
    {
        string[] captions = ["a red bird", "a blue house", "grass", "sky"];
        string[] texts = [.. captions.Select(caption => caption + Supir.Restoration.Options.DefaultPrompts.Positive), .. Enumerable.Repeat("more", 7)];

        TextCondition[] conditions = Encode(inPieces: false, texts);

        for (int i = 0; i < captions.Length; i++)
        {
            Assertions.Close(MiniModel.Goldens.Floats($"tiled_prompts.cond{i}.crossattn"), conditions[i].Context, relative: 1e-5);
        }
    }

    private static TextCondition[] Encode(bool inPieces, params string[] texts)
    {
        using CpuBackend backend = new();
        TextConditioner towers = new(new Checkpoints.WeightReader(MiniModel.OpenWeights()), 1);
        PromptEncoder encoder = new(towers, texts, inPieces);
        using CpuPlan plan = backend.Compile(encoder.Graph);
        return encoder.Encode(plan, () => plan.Run());
    }
}

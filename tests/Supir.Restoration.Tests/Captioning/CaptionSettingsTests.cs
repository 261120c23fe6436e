using Supir.Engine;
using Supir.Restoration.Captioning;
using Xunit;

namespace Supir.Restoration.Tests.Captioning;

public sealed class CaptionSettingsTests
{
    [Fact]
    public void Without_flags_there_is_no_captioner_and_the_question_is_the_references()
    {
        CaptionerChoice choice = Resolve();
        Assert.Null(choice.Llava ?? (object?)choice.Endpoint ?? choice.Text);
        Assert.False(choice.IsSidecar);
        Assert.Equal("Describe this image and its style in a very detailed manner.", choice.Options.Question);
        Assert.Equal((0.2, 0.7, 512, false), (choice.Options.Temperature, choice.Options.TopP, choice.Options.MaxTokens, choice.Options.Pads));
    }

    [Fact]
    public void Named_weights_are_kept_in_four_bits_or_in_eight_as_the_reference_says_it()
    {
        Assert.Equal(WeightPrecision.FourBit, Resolve(("llava", "w")).Llava!.Precision);
        LlavaOptions llava = Resolve(("llava", "w"), ("load_8bit_llava", ""), ("llava_clip", "c")).Llava!;
        Assert.Equal(("w", "c", WeightPrecision.EightBit), (llava.Path, llava.ClipPath, llava.Precision));
    }

    [Fact]
    public void A_server_a_side_car_and_none_are_chosen_by_name()
    {
        ChatEndpoint endpoint = Resolve(("captioner", "http://localhost:11434/v1"), ("captioner_model", "llava"), ("captioner_timeout", "9")).Endpoint!;
        Assert.Equal(("llava", TimeSpan.FromSeconds(9)), (endpoint.Model, endpoint.Timeout));
        Assert.True(Resolve(("captioner", "sidecar")).IsSidecar);
        CaptionerChoice none = Resolve(("captioner", "none"), ("llava", "w"));
        Assert.Null(none.Llava ?? (object?)none.Endpoint);
    }

    [Theory]
    [InlineData("--llava", "llava", "w", "no_llava", "")]
    [InlineData("--captioner", "captioner", "http://localhost/v1", "llava", "w")]
    [InlineData("--captioner_model", "captioner", "http://localhost/v1", "caption_pad", "")]
    [InlineData("--captioner", "captioner_model", "m", "caption_pad", "")]
    [InlineData("--llava", "captioner", "llava", "caption_pad", "")]
    [InlineData("--caption_top_p", "caption_top_p", "0", "caption_pad", "")]
    [InlineData("--caption_tokens", "caption_tokens", "0", "caption_pad", "")]
    [InlineData("--caption_temperature", "caption_temperature", "hot", "caption_pad", "")]
    public void What_makes_no_sense_is_refused_by_its_name(string name, string flag, string value, string other, string otherValue) =>
        Assert.Contains(name, Assert.Throws<OptionException>(() => Resolve((flag, value), (other, otherValue))).Message, StringComparison.Ordinal);

    private static CaptionerChoice Resolve(params (string Flag, string Value)[] flags) =>
        CaptionSettings.Resolve(flags.ToDictionary(flag => flag.Flag, flag => (string?)flag.Value));
}

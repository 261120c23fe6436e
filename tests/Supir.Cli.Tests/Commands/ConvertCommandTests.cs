using System.Text.Json;
using Supir.Testing;
using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class ConvertCommandTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Theory]
    [InlineData("int4", "in 4 bits", "Int4")]
    [InlineData("int8", "in 8 bits", "Int8")]
    public void A_LLaVA_becomes_a_folder_that_inspect_names_with_its_bits(string type, string bits, string stored)
    {
        using TinyLlava tiny = new(name => name);
        string folder = _workplace.PathOf("out");
        Run run = Run.Of("convert", tiny.Folder, "-o", folder, "--type", type);
        Assert.Equal((ExitCodes.Done, ""), (run.ExitCode, run.Error));
        Assert.Contains($"{folder}: 105 tensors, ", run.Output, StringComparison.Ordinal);
        Assert.Contains($"--llava {folder}", run.Output, StringComparison.Ordinal);

        Run table = Run.Of("inspect", folder);
        Assert.Contains($": a LLaVA-1.5 of 128 channels {bits}, for captions", table.Output, StringComparison.Ordinal);
        Assert.Contains("lacks: nothing", table.Output, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^language_model\.model\.layers\.0\.mlp\.up_proj\.weight +{stored} +\[352, 128\] +{(stored == "Int4" ? "22,528" : "45,056")}$", table.Output);
        Assert.Matches(@"(?m)^language_model\.lm_head\.weight +Int8 +\[32064, 128\] ", table.Output);
        Assert.Matches(@"(?m)^language_model\.model\.embed_tokens\.weight +Float16 ", table.Output);
        using JsonDocument json = JsonDocument.Parse(Run.Of("inspect", folder, "--json").Output);
        JsonElement root = json.RootElement;
        Assert.Equal(root.GetProperty("bytes").GetInt64(), root.GetProperty("tensors").EnumerateArray().Sum(tensor => tensor.GetProperty("bytes").GetInt64()));
    }

    [Fact]
    public void What_a_killed_conversion_left_is_gone_after_the_next_one()
    {
        using TinyLlava tiny = new(name => name);
        string dead = $"{int.MaxValue}.part";
        _workplace.Write($"out.safetensors.{dead}", [1]);
        Directory.CreateDirectory(_workplace.PathOf($"out.{dead}"));
        _workplace.Write($"out.{dead}/model.safetensors.{dead}", [1]);

        Run file = Run.Of("convert", Workplace.CloneFile("models", "supir-mini.safetensors"), "-o", _workplace.PathOf("out.safetensors"));
        Run folder = Run.Of("convert", tiny.Folder, "-o", _workplace.PathOf("out"), "--type", "int4");

        Assert.Equal((ExitCodes.Done, ExitCodes.Done), (file.ExitCode, folder.ExitCode));
        Assert.Equal(["out", "out/config.json", "out/model.safetensors", "out/tokenizer.model", "out.safetensors"], _workplace.Files.Order(StringComparer.Ordinal).OrderBy(name => name.StartsWith("out.", StringComparison.Ordinal)));
    }

    [Fact]
    public void CLIP_is_named_where_it_is_apart()
    {
        using TinyLlava tiny = new(TinyLlava.OriginalName, TinyLlava.ClipName);
        Run run = Run.Of("convert", tiny.Folder, "-o", _workplace.PathOf("out"), "--type", "int4", "--llava-clip", tiny.ClipFolder);
        Assert.Equal((ExitCodes.Done, ""), (run.ExitCode, run.Error));
        Assert.Contains("lacks: nothing", Run.Of("inspect", _workplace.PathOf("out")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_goes_together_and_what_does_not_is_told_in_a_line()
    {
        using TinyLlava tiny = new(name => name);
        string mini = Workplace.CloneFile("models", "supir-mini.safetensors");
        string output = _workplace.PathOf("out");
        foreach ((string[] args, string reason) in new (string[], string)[]
        {
            ([tiny.Folder, "--type", "fp8"], "not fp8"),
            ([tiny.Folder, mini, "--type", "int8"], "is converted alone"),
            ([mini, "--type", "int4"], "diffusion does not bear 4 bits"),
            ([mini, "--type", "int8", "--llava_clip", tiny.Folder], "--llava_clip: goes with a LLaVA"),
            ([tiny.Folder, "--type", "int2"], "must be fp16, int8, int4 or fp8 but is 'int2'"),
        })
        {
            Run run = Run.Of(["convert", .. args, "-o", output]);
            Assert.Equal(ExitCodes.User, run.ExitCode);
            Assert.Contains(reason, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        }

        Assert.Empty(_workplace.Files);
    }

    [Fact]
    public void Ctrl_C_leaves_nothing_half_written()
    {
        using TinyLlava tiny = new(name => name);
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Run run = Run.Of(new StringWriter(), isScreen: false, stop.Token, "convert", tiny.Folder, "-o", _workplace.PathOf("out"), "--type", "int4");
        Assert.Equal(ExitCodes.Cancelled, run.ExitCode);
        Assert.Empty(_workplace.Files);
    }
}

using Supir.Checkpoints.Conversion;
using Supir.Checkpoints.TextEncoders;
using Supir.Engine;
using Xunit;

namespace Supir.Checkpoints.Tests.TextEncoders;

public sealed class TextEncoderSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hugging_Faces_folder_is_the_first_text_encoder()
    {
        Write("model.safetensors", "text_model.embeddings.token_embedding.weight", "text_model.final_layer_norm.bias", "vision_model.x", "logit_scale");
        using IWeightSource source = ClipFolderSource.Open(_folder.PathOf(""));
        Assert.Equal(
            ["conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight", "conditioner.embedders.0.transformer.text_model.final_layer_norm.bias"],
            source.Tensors.Keys);
        Assert.Equal([1f, 2f], source.Get(source.Tensors.Keys.First()).ToFloats());
    }

    [Fact]
    public void OpenClips_file_is_the_second_text_encoder()
    {
        string path = Write(
            "open_clip_model.safetensors", "positional_embedding", "text_projection", "logit_scale", "token_embedding.weight", "transformer.resblocks.0.ln_1.weight",
            "ln_final.weight", "visual.transformer.resblocks.0.ln_1.weight", "visual.class_embedding");
        using IWeightSource source = OpenClipSource.Open(path);
        Assert.Equal(
            ["positional_embedding", "text_projection", "logit_scale", "token_embedding.weight", "transformer.resblocks.0.ln_1.weight", "ln_final.weight"],
            source.Tensors.Keys.Select(name => name["conditioner.embedders.1.model.".Length..]));
        Assert.Equal("an OpenCLIP text encoder", Inspect(path).Title);
    }

    [Fact]
    public void A_file_of_the_other_kind_is_refused()
    {
        string path = Write("other.safetensors", "a.weight");
        Assert.Equal(
            $"{path} does not hold the text encoder of OpenCLIP's model ('token_embedding.weight').",
            Assert.Throws<CheckpointException>(() => OpenClipSource.Open(path)).Message);
        Assert.Contains("Hugging Face's CLIP", Assert.Throws<CheckpointException>(() => ClipFolderSource.Open(path)).Message, StringComparison.Ordinal);
        Assert.Contains("holds no weights that are known", Assert.Throws<CheckpointException>(() => CheckpointFile.Open(_folder.PathOf(""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_in_parts_are_one_source()
    {
        Write("part1.safetensors", "a.weight", "c.weight");
        Write("part2.safetensors", "b.weight");
        string index = Text("model.safetensors.index.json", """{"metadata":{"total_size":6},"weight_map":{"a.weight":"part1.safetensors","b.weight":"part2.safetensors"}}""");
        using IWeightSource source = CheckpointFile.Open(index);
        Assert.Equal(["a.weight", "b.weight"], source.Tensors.Keys);
        Assert.Equal([1f, 2f], source.Get("b.weight").ToFloats());
        Assert.Equal("2 files of safetensors", source.FormatName);
        using IWeightSource folder = CheckpointFile.Open(_folder.PathOf(""));
        Assert.Equal(2, folder.Tensors.Count);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a.weight":"../part1.safetensors"}}""", "only weights beside the index are read")]
    [InlineData("""{"weight_map":{"a.weight":"/etc/passwd"}}""", "only weights beside the index are read")]
    [InlineData("""{"weight_map":{"a.weight":"index.json"}}""", "only weights beside the index are read")]
    [InlineData("""{"weight_map":{"a.weight":"none.safetensors"}}""", "There is no file")]
    [InlineData("""{"weight_map":{"x":"part1.safetensors"}}""", "but that file has no such tensor")]
    [InlineData("""{"weight_map":{}}""", "names 0 files")]
    [InlineData("""{"weight_map":{"x":1}}""", "is not the index of a checkpoint")]
    [InlineData("""{"weight_map":[]}""", "is not the index of a checkpoint")]
    [InlineData("""{}""", "is not the index of a checkpoint")]
    [InlineData("""{""", "is not the index of a checkpoint")]
    public void An_index_that_does_not_fit_its_parts_is_refused(string json, string reason)
    {
        Write("part1.safetensors", "a.weight");
        string index = Text("index.json", json);
        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => CheckpointFile.Open(index)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_weights_of_one_name_are_refused()
    {
        ArraySource source = new ArraySource("two").Add("a", new Shape(1), 1).Add("b", new Shape(1), 1);
        Assert.Equal("two holds the same weight twice, as 'a' and as 'b'.", Assert.Throws<CheckpointException>(() => new RenamedSource(source, _ => "c")).Message);
    }

    private static CheckpointInspection Inspect(string path)
    {
        using IWeightSource source = CheckpointFile.Open(path);
        return CheckpointInspection.Of(source);
    }

    private string Write(string file, params string[] names)
    {
        ArraySource source = new("made");
        foreach (string name in names)
        {
            source.Add(name, new Shape(2), 1, 2);
        }

        string path = _folder.PathOf(file);
        CheckpointConverter.Convert(source, path, new ConversionOptions { Format = ConversionFormat.Float16, Prune = false });
        return path;
    }

    private string Text(string name, string content) => _folder.Bytes(System.Text.Encoding.UTF8.GetBytes(content), name);
}

using Supir.Restoration.Options;
using Xunit;

namespace Supir.Restoration.Tests.Options;

public sealed class CheckpointPathsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("supir-paths-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_Python_file_is_read_as_assignments()
    {
        string file = Write("CKPT_PTH.py", "\uFEFF# paths\nLLAVA_CLIP_PATH = '/a/clip'  # here\r\nLLAVA_MODEL_PATH = \"b\"\nSDXL_CLIP1_PATH = None\nSDXL_CLIP2_CKPT_PTH = r'c\\d'\n\nSDXL_CKPT='it\\'s'\n");

        CheckpointOptions options = CheckpointPaths.Load(file).Replace(Empty, replacesEncoders: false);

        Assert.Equal(("/a/clip", PathOf("b")), (options.LlavaClip, options.LlavaModel));
        Assert.Null(options.Clip);
        Assert.Equal(new TextEncoderPath(PathOf("c\\d"), Replaces: false), options.OpenClip);
        Assert.Equal(PathOf("it's"), options.Sdxl);
    }

    [Theory]
    [InlineData("import os", ":1:")]
    [InlineData("SDXL_CKPT = os.environ['X']", ":1:")]
    [InlineData("# fine\nSDXL_CKPT = 'a' + 'b'", ":2:")]
    [InlineData("SDXL_CKPT = 'a'; import os", ":1:")]
    [InlineData("SDXL_CKPT = 'a", ":1:")]
    [InlineData("SDXL_CKPT = f'{x}'", ":1:")]
    [InlineData("SDXL_CKPT = 'a\\x41'", ":1:")]
    [InlineData("SDXL_CKPTS = 'a'", "SDXL_CKPTS")]
    [InlineData("SDXL_CKPT = ''", "SDXL_CKPT")]
    public void Anything_else_in_it_is_refused_with_its_line(string text, string told)
    {
        string file = Write("CKPT_PTH.py", text);

        OptionException fault = Assert.Throws<OptionException>(() => CheckpointPaths.Load(file));

        Assert.StartsWith(file, fault.Message, StringComparison.Ordinal);
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SDXL_CKPT: [a]", "single value")]
    [InlineData("- a", "mapping")]
    [InlineData("a: }", "YAML")]
    [InlineData("SDXL: a", "SDXL: is not known here")]
    public void A_YAML_file_of_anything_else_is_refused(string text, string told)
    {
        OptionException fault = Assert.Throws<OptionException>(() => CheckpointPaths.Load(Write("checkpoints.yaml", text)));

        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("options/checkpoints.yaml", "SDXL_CKPT: q.safetensors")]
    [InlineData("checkpoints.yaml", "SDXL_CKPT: q.safetensors")]
    [InlineData("CKPT_PTH.py", "SDXL_CKPT = 'q.safetensors'")]
    [InlineData("models/checkpoints.yaml", "SDXL_CKPT: q.safetensors")]
    public void A_file_near_the_options_file_is_found_by_itself(string place, string text)
    {
        string options = WriteOptions("SUPIR_v0", "v0.yaml");
        string file = Write(place, text);

        Assert.Equal(Path.Combine(Path.GetDirectoryName(file)!, "q.safetensors"), OptionsFile.Load(options).Checkpoints.Sdxl);
    }

    [Fact]
    public void A_found_file_changes_nothing_of_a_model_that_is_whole()
    {
        string options = WriteOptions("SUPIR_mini", "mini.yaml");
        string weights = Write("models/supir-mini.safetensors", "there");
        Write("models/checkpoints.yaml", "SDXL_CKPT: other.safetensors\nSUPIR_CKPT_Q: q.ckpt\nSDXL_CLIP1_PATH: clip\n");

        CheckpointOptions found = OptionsFile.Load(options).Checkpoints;

        Assert.Equal([weights], found.For(SupirVariant.Quality));
        Assert.Equal(new TextEncoderPath(PathOf("models/clip"), Replaces: false), found.Clip);
    }

    [Fact]
    public void A_found_file_fills_in_where_the_options_file_leads_nowhere()
    {
        string options = WriteOptions("SUPIR_v0", "v0.yaml");
        string sdxl = Write("models/sd_xl_base_1.0_0.9vae.safetensors", "there");
        Write("models/checkpoints.yaml", "SDXL_CKPT: other.safetensors\nSUPIR_CKPT_Q: q.ckpt\n");

        CheckpointOptions found = OptionsFile.Load(options).Checkpoints;

        Assert.Equal([sdxl, PathOf("models/q.ckpt")], found.For(SupirVariant.Quality));
        Assert.Equal([sdxl, PathOf("models/SUPIR-v0F.ckpt")], found.For(SupirVariant.Fidelity));
    }

    [Fact]
    public void A_named_file_counts_before_the_options_file_and_flags_before_both()
    {
        ModelOptions options = OptionsFile.Read(RepositoryFile.OptionsText("SUPIR_v0"), PathOf("options/v0.yaml"));
        string file = Write("my.yaml", "SDXL_CKPT: a\nSUPIR_CKPT_F: /b\nSDXL_CLIP1_PATH: clip");
        ModelOverrides overrides = new(new Dictionary<string, string?> { ["SUPIR_CKPT_F"] = "/c", ["SDXL_CLIP2_CKPT_PTH"] = "/open", ["SUPIR_CKPT"] = null })
        {
            PathsFile = file,
            Loras = ["/l.safetensors:0.5", "/m.safetensors"],
            HalfParameters = true,
        };

        CheckpointOptions found = overrides.Apply(options).Checkpoints;

        Assert.Equal([PathOf("a"), "/c"], found.For(SupirVariant.Fidelity));
        Assert.Equal(new TextEncoderPath(PathOf("clip"), Replaces: false), found.Clip);
        Assert.Equal(new TextEncoderPath("/open", Replaces: true), found.OpenClip);
        Assert.Equal([new LoraFile("/l.safetensors", 0.5f), new LoraFile("/m.safetensors", 1)], found.Loras);
        Assert.True(found.HalfParameters);
        Assert.Equal(options.Checkpoints, ModelOverrides.None.Apply(options).Checkpoints with { Loras = options.Checkpoints.Loras });
    }

    [Theory]
    [InlineData("a.safetensors:0.8", "a.safetensors", 0.8)]
    [InlineData("a.safetensors:-1", "a.safetensors", -1)]
    [InlineData("a.safetensors", "a.safetensors", 1)]
    [InlineData("a:b/c.safetensors", "a:b/c.safetensors", 1)]
    public void A_LoRA_has_a_strength_behind_a_colon(string text, string path, double strength)
    {
        Assert.Equal(new LoraFile(PathOf(path), (float)strength), LoraFile.Parse(text, "--lora", _folder));
    }

    [Fact]
    public void A_LoRA_whose_name_ends_like_a_strength_is_a_file_if_there_is_one()
    {
        Write("a:2", "there");

        Assert.Equal(new LoraFile(PathOf("a:2"), 1), LoraFile.Parse("a:2", "--lora", _folder));
    }

    [Theory]
    [InlineData("a:strong")]
    [InlineData("a:11")]
    [InlineData("a:NaN")]
    [InlineData("a:")]
    [InlineData(":1")]
    [InlineData("")]
    public void A_LoRA_without_a_file_or_with_a_strength_that_is_none_is_refused(string text)
    {
        Assert.StartsWith($"--lora: '{text}'", Assert.Throws<OptionException>(() => LoraFile.Parse(text, "--lora", _folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoRAs_of_the_options_file_come_first()
    {
        string options = WriteOptions("SUPIR_v0", "v0.yaml", "\nLORA: [a.safetensors, b.safetensors:0.5]\n");

        ModelOptions read = new ModelOverrides(new Dictionary<string, string?>()) { Loras = ["/c:2"] }.Apply(OptionsFile.Load(options));

        Assert.Equal(
            [new LoraFile(PathOf("options/a.safetensors"), 1), new LoraFile(PathOf("options/b.safetensors"), 0.5f), new LoraFile("/c", 2)], read.Checkpoints.Loras);
    }

    private static CheckpointOptions Empty => new(null, null, null, null);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    private string WriteOptions(string shipped, string name, string more = "") => Write($"options/{name}", RepositoryFile.OptionsText(shipped) + more);
}

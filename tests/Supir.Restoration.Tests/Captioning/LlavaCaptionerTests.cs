using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Captioning;

/// <summary>The tiny LLaVA of the goldens, whose weights are random: what it says means nothing, but is always the same.</summary>
public sealed class LlavaCaptionerTests
{
    private static readonly CaptionOptions Greedy = new() { Temperature = 0, MaxTokens = 12 };

    private static readonly Lazy<Picture> Photo = new(() => PictureFile.Load(Golden.PathOf("input_96.png")));

    [Fact]
    public void All_published_namings_are_read_and_say_the_same()
    {
        string expected = Describe(name => name);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Describe(name =>
            name.StartsWith("language_model.lm_head", StringComparison.Ordinal) ? name["language_model.".Length..]
            : name.StartsWith("language_model.model.", StringComparison.Ordinal) ? "model.language_model." + name["language_model.model.".Length..]
            : "model." + name));
        Assert.Equal(expected, Describe(TinyLlava.OriginalName, TinyLlava.ClipName));
    }

    [Fact]
    public void The_original_repositorys_torch_shards_with_CLIP_apart_say_the_same()
    {
        using TinyLlava files = new(TinyLlava.OriginalName, TinyLlava.ClipName);
        files.AsTorchShards();
        using CpuBackend backend = new(2);
        LlavaOptions options = new(files.Folder) { ClipPath = files.ClipFolder, Precision = WeightPrecision.AsStored };
        using LlavaCaptioner captioner = new(options, Greedy, backend);
        Assert.Equal(Describe(name => name), captioner.Describe(Photo.Value));
    }

    [Fact]
    public void Words_come_one_by_one_and_together_are_the_caption()
    {
        using TinyLlava files = new(name => name);
        using CpuBackend backend = new(2);
        using LlavaCaptioner captioner = new(new LlavaOptions(files.Folder), Greedy, backend);
        List<string> words = [];
        string caption = captioner.Describe(Photo.Value, null, new Listener(words));
        Assert.Equal(caption, string.Join(' ', string.Concat(words).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(caption, captioner.Describe(Photo.Value));
    }

    [Fact]
    public void After_a_release_no_weights_and_no_states_are_in_memory()
    {
        using TinyLlava files = new(name => name);
        using CpuBackend backend = new(1);
        using LlavaCaptioner captioner = new(new LlavaOptions(files.Folder), Greedy with { MaxTokens = 2 }, backend);
        captioner.Describe(Photo.Value);
        Assert.True(backend.WeightBytes > 0 && backend.StateBytes > 0);
        captioner.Release();
        Assert.Equal((0, 0), (backend.WeightBytes, backend.StateBytes));
    }

    [Fact]
    public void Another_seed_says_something_else_and_the_same_one_the_same()
    {
        using TinyLlava files = new(name => name);
        using CpuBackend backend = new(2);
        string With(int seed)
        {
            using LlavaCaptioner captioner = new(new LlavaOptions(files.Folder), Greedy with { Temperature = 1, TopP = 1, Seed = seed }, backend);
            return captioner.Describe(Photo.Value);
        }

        Assert.Equal(With(1), With(1));
        Assert.NotEqual(With(1), With(2));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        using TinyLlava files = new(TinyLlava.OriginalName);
        using CpuBackend backend = new(1);
        void Open() => new LlavaCaptioner(new LlavaOptions(files.Folder) { ClipPath = null }, Greedy, backend).Dispose();
        Assert.Contains("LLAVA_CLIP_PATH", Assert.Throws<CheckpointException>(Open).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(files.Folder, "tokenizer.model"));
        Assert.Contains("tokenizer.model", Assert.Throws<CheckpointException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_little_memory_is_told_before_anything_is_loaded()
    {
        using TinyLlava files = new(name => name);
        using CpuBackend backend = new(1);
        using LlavaCaptioner captioner = new(new LlavaOptions(files.Folder) { MemoryLimit = 1_000_000 }, Greedy, backend);
        Assert.Contains("7B", Assert.Throws<DeviceMemoryException>(() => captioner.Describe(Photo.Value)).Message, StringComparison.Ordinal);
        Assert.Equal(0, backend.WeightBytes);
    }

    [Fact]
    public void The_middle_is_cut_out_or_the_whole_put_on_a_square()
    {
        // White, 200 wide and 100 high; its left quarter black.
        byte[] pixels = new byte[200 * 100 * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i / 3 % 200 < 50 ? 0 : 255);
        }

        Picture picture = new(200, 100, pixels);
        float white = (1 - 0.48145466f) / 0.26862954f;
        float black = -0.48145466f / 0.26862954f;
        float[] cut = LlavaPicture.Prepare(picture, 100, pads: false);
        Assert.Equal((white, white), (cut[3 * 5], cut[3 * 95]), new NearlyEqual());
        float[] whole = LlavaPicture.Prepare(picture, 100, pads: true);
        Assert.Equal((0f, black), (whole[0], whole[3 * ((50 * 100) + 5)]), new NearlyEqual());
        Assert.Equal(white, whole[3 * ((50 * 100) + 95)], 1e-5f);
    }

    private static string Describe(Func<string, string?> rename, Func<string, string?>? clip = null)
    {
        using TinyLlava files = new(rename, clip);
        using CpuBackend backend = new(2);
        LlavaOptions options = new(files.Folder) { ClipPath = clip is null ? null : files.ClipFolder, Precision = WeightPrecision.AsStored };
        using LlavaCaptioner captioner = new(options, Greedy, backend);
        return captioner.Describe(Photo.Value);
    }

    private sealed class Listener(List<string> words) : IProgress<string>
    {
        public void Report(string value) => words.Add(value);
    }

    private sealed class NearlyEqual : IEqualityComparer<(float, float)>
    {
        // The mean colour of the ground is a whole level: up to a level off, 0.015 in these units.
        private const float Tolerance = 0.016f;

        public bool Equals((float, float) x, (float, float) y) => Math.Abs(x.Item1 - y.Item1) < Tolerance && Math.Abs(x.Item2 - y.Item2) < Tolerance;

        public int GetHashCode((float, float) obj) => 0;
    }
}

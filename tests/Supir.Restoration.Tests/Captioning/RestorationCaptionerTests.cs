using Supir.Engine.Cpu;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Captioning;

public sealed class RestorationCaptionerTests
{
    private static readonly Lazy<Picture> Photo = new(() => PictureFile.Load(Golden.PathOf("input_96.png")));

    private readonly List<string> _told = [];

    [Fact]
    public void Stage_1s_picture_of_a_shorter_side_of_512_is_described_and_the_caption_told()
    {
        using Recorder captioner = new("A gull.");
        RestorationSettings settings = Caption(captioner, MiniModel.Settings(("caption", "")));
        Assert.Equal("A gull.", settings.Caption);
        Assert.Equal(["describing the picture: a test", "caption: A gull."], _told);
        Picture seen = Assert.Single(captioner.Seen);
        Assert.Equal((512, 512), (seen.Width, seen.Height));
    }

    [Fact]
    public void A_persons_own_words_are_not_asked_about()
    {
        using Recorder captioner = new("A gull.");
        Assert.Equal("a photo of a cat", Caption(captioner, MiniModel.Settings()).Caption);
        Assert.Empty(captioner.Seen);
    }

    [Fact]
    public void A_caption_that_fails_is_told_and_the_settings_stay()
    {
        using Recorder captioner = new(null);
        RestorationSettings settings = MiniModel.Settings(("caption", ""));
        Assert.Equal(settings, Caption(captioner, settings));
        Assert.Contains("goes on without", _told[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_captioner_that_does_not_look_costs_no_stage_1()
    {
        using FixedCaptioner captioner = new("A  gull.");
        Assert.Equal("A gull.", Caption(captioner, MiniModel.Settings(("caption", ""))).Caption);
    }

    [Fact]
    public void Each_tile_gets_a_caption_of_its_own()
    {
        ModelOptions tiled = MiniModel.Options with
        {
            Sampler = MiniModel.Options.Sampler with { Kind = SamplerKind.TiledRestoreEdm, Tiles = new TileOptions(16, 12) },
        };
        using CpuBackend backend = new(2);
        using Restorer restorer = new(tiled, backend, MiniModel.OpenWeights());
        using Recorder captioner = new("A tile.");
        RestorationCaptioner captioning = new(restorer, captioner, _told.Add) { IsPerTile = true };
        RestorationSettings settings = captioning.Caption(Photo.Value, null, MiniModel.Settings(("caption", ""), ("min_size", "192")));

        // A latent of 24 places: tiles at 0 and 8 each way, of 128 pixels.
        Assert.Equal(4, settings.TileCaptions!.Count);
        Assert.All(captioner.Seen, seen => Assert.Equal((128, 128), (seen.Width, seen.Height)));
        Assert.Equal("caption of tile 3: A tile.", _told[^1]);
    }

    [Fact]
    public void Captions_for_tiles_need_a_sampler_with_tiles()
    {
        using CpuBackend backend = new(1);
        using Restorer restorer = MiniModel.OpenRestorer(backend);
        using Recorder captioner = new("A tile.");
        RestorationCaptioner captioning = new(restorer, captioner, _told.Add) { IsPerTile = true };
        Assert.Throws<OptionException>(() => captioning.Caption(Photo.Value, null, MiniModel.Settings(("caption", ""))));
    }

    private RestorationSettings Caption(ICaptioner captioner, RestorationSettings settings)
    {
        using CpuBackend backend = new(2);
        using Restorer restorer = MiniModel.OpenRestorer(backend);
        return new RestorationCaptioner(restorer, captioner, _told.Add).Caption(Photo.Value, null, settings);
    }

    /// <summary>Says what it is told to say, or fails, and keeps what it was shown.</summary>
    private sealed class Recorder(string? caption) : ICaptioner
    {
        public List<Picture> Seen { get; } = [];

        public string Description => "a test";

        public bool Looks => caption is not null;

        public string Describe(Picture picture, string? path = null, IProgress<string>? words = null, CancellationToken cancellationToken = default)
        {
            Seen.Add(picture);
            return caption ?? throw new CaptionException("The captioner is on strike.");
        }

        public void Dispose()
        {
        }
    }
}

using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Captioning;

/// <summary>A captioner and a restoration that take their memory from one device.</summary>
public sealed class SharedMemoryTests : IDisposable
{
    /// <summary>What the captioner takes: less than a restoration.</summary>
    private const long Large = 50_000_000;

    private static readonly Lazy<Picture> Photo = new(() => PictureFile.Load(Golden.PathOf("input_96.png")));

    private readonly Device _device = new();
    private readonly Restorer _restorer;
    private readonly Holder _captioner;
    private readonly RestorationSettings _settings = MiniModel.Settings(("caption", ""), ("min_size", "512"), ("edm_steps", "1"));

    public SharedMemoryTests()
    {
        _restorer = new Restorer(MiniModel.Options, _device, MiniModel.OpenWeights());
        _captioner = new Holder(_device);
    }

    [Fact]
    public void A_restoration_that_was_planned_beside_a_captioner_is_planned_anew_when_that_has_gone()
    {
        _device.Bytes = _restorer.PlanMemory(Photo.Value, _settings).Bytes + (Large / 2);
        RestorationSettings captioned = Caption();

        Assert.Equal(("A gull.", 1), (captioned.Caption, _captioner.Releases));
        MemoryPlan memory = _restorer.Restore(Photo.Value, captioned).Memory;
        Assert.Equal((false, WeightPrecision.AsStored), (memory.IsConfined, memory.Precision));
    }

    [Fact]
    public void A_captioner_stays_where_there_is_room_for_both()
    {
        _device.Bytes = 100 * Large;
        Caption();
        Assert.Equal((0, Large), (_captioner.Releases, _captioner.HeldBytes));

        // A limit that somebody set is for both together.
        _restorer.MemoryLimit = _restorer.PlanMemory(Photo.Value, _settings).Bytes + Large;
        Caption();
        Assert.Equal(0, _captioner.Releases);
        _restorer.MemoryLimit--;
        Caption();
        Assert.Equal(1, _captioner.Releases);
    }

    [Fact]
    public void Networks_that_are_kept_for_the_next_picture_go_where_the_captioner_finds_no_room()
    {
        _restorer.KeepsNetworks = true;
        _device.Bytes = 100 * Large;
        _restorer.Restore(Photo.Value, _settings with { Caption = "A cat." });
        Assert.True(_device.WeightBytes > 0);

        _device.Bytes = Large;
        Assert.Equal("A gull.", Caption().Caption);
        Assert.Equal(2, _captioner.Asked);
    }

    [Fact]
    public void A_captioner_on_a_device_of_its_own_stays()
    {
        _device.Bytes = _restorer.PlanMemory(Photo.Value, _settings).Bytes + (Large / 2);
        new RestorationCaptioner(_restorer, _captioner, _ => { }) { SharesMemory = false }.Caption(Photo.Value, null, _settings);
        Assert.Equal(0, _captioner.Releases);
    }

    public void Dispose()
    {
        _restorer.Dispose();
        _device.Dispose();
    }

    private RestorationSettings Caption() => new RestorationCaptioner(_restorer, _captioner, _ => { }).Caption(Photo.Value, null, _settings);

    /// <summary>The processor, with a memory that is as small as a test wants it.</summary>
    private sealed class Device : IBackend
    {
        private readonly CpuBackend _processor = new(2);

        public long Bytes { get; set; } = 100 * Large;

        public long HeldByCaptioner { get; set; }

        public long WeightBytes => _processor.WeightBytes;

        public string Description => "a test's";

        public DeviceRoom? Room => new DeviceRoom(0, Bytes - WeightBytes - HeldByCaptioner);

        public PlanNeed Measure(Graph graph, PlanOptions? options = null) => _processor.Measure(graph, options);

        public IPlan Compile(Graph graph, PlanOptions? options = null) => _processor.Compile(graph, options);

        public void Dispose() => _processor.Dispose();
    }

    /// <summary>Says the same of every picture, and takes memory for it.</summary>
    private sealed class Holder(Device device) : ICaptioner
    {
        public int Asked { get; private set; }

        public int Releases { get; private set; }

        public string Description => "a test's";

        public long HeldBytes => device.HeldByCaptioner;

        public string Describe(Picture picture, string? path = null, IProgress<string>? words = null, CancellationToken cancellationToken = default)
        {
            Asked++;
            if (HeldBytes == 0 && device.Room!.Value.FreeBytes < Large)
            {
                throw new DeviceMemoryException("There is too little.");
            }

            device.HeldByCaptioner = Large;
            return "A gull.";
        }

        public void Release()
        {
            Releases++;
            device.HeldByCaptioner = 0;
        }

        public void Dispose() => Release();
    }
}

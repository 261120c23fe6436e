using Supir.Engine;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Restoration;

/// <summary>Describes runs so that they fit into the devices' memory.</summary>
internal sealed class FittingRuns(IReadOnlyList<IBackend> backends, NetworkPlans plans)
{
    private (Question Question, MemoryPlan Plan)? _last;
    private MemoryBounds? _empty;

    /// <summary>The most memory in bytes; <c>null</c> for what there is.</summary>
    public long? Limit { get; set; }

    /// <summary>How the weights must be kept; <c>null</c> for the best that fits.</summary>
    public WeightPrecision? Precision { get; set; }

    /// <summary>Whether the networks are to be kept for the next run, where memory allows.</summary>
    public bool KeepsNetworks { get; set; }

    /// <summary>A run that fits, and how much it takes.</summary>
    /// <param name="describe">Describes a run.</param>
    /// <param name="settings">How to restore; the seed changes nothing here.</param>
    /// <param name="size">At which size.</param>
    /// <exception cref="DeviceMemoryException">None fits.</exception>
    public (RestorationRun Run, MemoryPlan Memory) Fit(
        Func<RestorationSettings, WorkingSize, RestorationRun> describe, RestorationSettings settings, WorkingSize size)
    {
        Question question = new(settings, size, Limit, Precision, KeepsNetworks);
        MemoryPlan memory = _last is (Question answered, MemoryPlan last) && question.IsSame(answered) ? last : Plan(describe, settings, size);
        _last = (question, memory);
        RestorationRun run = describe(settings with { TileBatch = memory.TileBatch }, size);
        run.Weights = new WeightKeeping(memory.Precision, memory.ResidentWeightBytes);
        run.Bands = memory.Bands;
        return (run, memory);
    }

    /// <summary>Plans anew from here on: the memory that there is has changed.</summary>
    public void Forget()
    {
        _last = null;
        _empty = null;
    }

    private MemoryPlan Plan(Func<RestorationSettings, WorkingSize, RestorationRun> describe, RestorationSettings settings, WorkingSize size)
    {
        // What is free while networks are kept says little: what was free before they came is asked for once.
        MemoryBounds bounds = plans.IsEmpty || _empty is null ? MemoryBounds.Of(backends, Limit) : _empty.Value;
        _empty = bounds;
        Dictionary<int, RestorationRun> runs = [];
        RestorationRun RunFor(int batch) =>
            runs.TryGetValue(batch, out RestorationRun? run) ? run : runs[batch] = describe(settings with { TileBatch = batch }, size);

        MemoryPlan memory = MemoryPlanner.Choose(
            new MemoryQuestion
            {
                Networks = (batch, weights) => RunFor(batch).Need(weights),
                Pictures = bands => RunFor(settings.TileBatch).PictureNeed(bands),
                Smaller = part => LeastNeed(describe(settings with { TileCaptions = null, TileBatch = 1 }, Scale(size, part)), settings),
                TileBatch = settings.TileBatch,
                Bands = settings.TiledVae,
                Precision = Precision,
                Width = size.Width,
                Height = size.Height,
            },
            bounds);
        return Keep(memory, RunFor(memory.TileBatch), bounds);
    }

    private MemoryPlan Keep(MemoryPlan memory, RestorationRun run, MemoryBounds bounds)
    {
        WeightKeeping weights = new(memory.Precision, memory.ResidentWeightBytes);
        run.Bands = memory.Bands;
        PlanNeed all = KeepsNetworks ? run.NeedOfAll(weights) : default;
        plans.Keeps = KeepsNetworks && bounds.Fits(all);
        bool isOther = _last?.Plan is MemoryPlan last && (last.Precision != memory.Precision || last.ResidentWeightBytes != memory.ResidentWeightBytes);

        // A network of another size comes before the old one goes, so that its weights stay: where both do not fit, the old ones go first.
        if (!plans.Keeps || isOther || !bounds.Fits(all with { ArenaBytes = all.ArenaBytes + plans.KeptArenaBytes }))
        {
            plans.Clear();
        }

        return plans.Keeps ? memory with { Bytes = bounds.OwnBytes + all.TotalBytes, HostBytes = all.HostBytes } : memory;
    }

    private static PlanNeed LeastNeed(RestorationRun run, RestorationSettings settings)
    {
        PlanNeed networks = run.Need(new WeightKeeping(WeightPrecision.EightBit, null));
        PlanNeed pictures = run.PictureNeed(settings.TiledVae);
        return networks.TotalBytes > pictures.TotalBytes ? networks : pictures;
    }

    private static WorkingSize Scale(WorkingSize size, double part) => size with { Width = Scale(size.Width, part), Height = Scale(size.Height, part) };

    private static int Scale(int side, double part) => Math.Max(1, (int)(side * part) / WorkingSize.Multiple) * WorkingSize.Multiple;

    /// <summary>What a plan is made for.</summary>
    private readonly struct Question(RestorationSettings settings, WorkingSize size, long? limit, WeightPrecision? precision, bool keepsNetworks)
    {
        private readonly RestorationSettings _settings = settings;
        private readonly WorkingSize _size = size;
        private readonly long? _limit = limit;
        private readonly WeightPrecision? _precision = precision;
        private readonly bool _keepsNetworks = keepsNetworks;

        /// <summary>Whether it is the same as another.</summary>
        public bool IsSame(Question other) =>
            _size == other._size && _limit == other._limit && _precision == other._precision && _keepsNetworks == other._keepsNetworks && HasSettings(other._settings);

        // A picture's memory is planned before it is restored, with the very same settings: then nothing need be compared.
        private bool HasSettings(RestorationSettings other) =>
            ReferenceEquals(_settings, other) || _settings with { Seed = null } == other with { Seed = null };
    }
}

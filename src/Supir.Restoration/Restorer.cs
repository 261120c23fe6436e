using Supir.Checkpoints;
using Supir.Engine;
using Supir.Models;
using Supir.Restoration.Imaging;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;
using Supir.Restoration.Previews;
using Supir.Restoration.Tiling;

namespace Supir.Restoration;

/// <summary>Restores pictures, one at a time, with one model on one device or several.</summary>
/// <remarks>Opening reads only the headers of the checkpoints. A network's weights are packed when its stage begins and freed when it
/// ends, so that memory holds one network at a time; see <see cref="KeepsNetworks"/>. The first device does everything; further ones share
/// the diffusion: the halves of a picture, its samples or tiles.</remarks>
public sealed class Restorer : IDisposable
{
    private readonly ModelOptions _options;
    private readonly IReadOnlyList<IBackend> _backends;
    private readonly NetworkPlans _plans = new();
    private readonly FittingRuns _fitting;
    private readonly ModelFiles? _files;
    private OverlaySource _source;
    private SupirNetworks _networks;
    private SupirVariant? _variant;

    /// <summary>Opens the model that the options describe.</summary>
    /// <param name="options">The model.</param>
    /// <param name="variant">Which of its SUPIR checkpoints; settings that ask for the other one switch to it.</param>
    /// <param name="backends">The devices; they stay the caller's.</param>
    /// <exception cref="OptionException">The options name no checkpoint.</exception>
    /// <exception cref="CheckpointException">A checkpoint is missing, broken, or lacks a tensor of these sizes.</exception>
    public Restorer(ModelOptions options, SupirVariant variant, params IReadOnlyList<IBackend> backends)
        : this(options, variant, backends, CheckpointFile.Open)
    {
    }

    /// <summary>As above, with another way to open a checkpoint.</summary>
    internal Restorer(ModelOptions options, SupirVariant variant, IReadOnlyList<IBackend> backends, Func<string, IWeightSource> open)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(backends);
        ArgumentOutOfRangeException.ThrowIfZero(backends.Count);
        _options = options;
        _backends = backends;
        _fitting = new FittingRuns(backends, _plans);
        _files = new ModelFiles(options.Checkpoints, open);
        try
        {
            _source = _files.Open(variant);
            _variant = variant;
            _networks = Build();
        }
        catch
        {
            _files.Dispose();
            throw;
        }
    }

    /// <summary>Uses weights from elsewhere; they become this object's to dispose.</summary>
    public Restorer(ModelOptions options, IBackend backend, IWeightSource source)
        : this(options, [backend], source)
    {
    }

    /// <summary>Uses weights from elsewhere on several devices; they become this object's to dispose.</summary>
    public Restorer(ModelOptions options, IReadOnlyList<IBackend> backends, IWeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(backends);
        ArgumentOutOfRangeException.ThrowIfZero(backends.Count);
        _options = options;
        _backends = backends;
        _fitting = new FittingRuns(backends, _plans);
        _source = new OverlaySource(source);
        try
        {
            _networks = Build();
        }
        catch
        {
            _source.Dispose();
            throw;
        }
    }

    /// <summary>A sentence about tensors of the checkpoints that belong to no network, or <c>null</c>.</summary>
    public string? UnreadWeights { get; private set; }

    /// <summary>Sentences about the checkpoints for their owner: what of them is not used.</summary>
    public IReadOnlyList<string> Notes => [.. _files?.Notes ?? [], .. UnreadWeights is string unread ? [unread] : Array.Empty<string>()];

    /// <summary>The most memory, in bytes, that a restoration may take of a GPU or, without one, of the machine; <c>null</c> for what there is.</summary>
    public long? MemoryLimit
    {
        get => _fitting.Limit;
        set => _fitting.Limit = value;
    }

    /// <summary>How the weights are kept; <c>null</c> to let the memory decide.</summary>
    public WeightPrecision? RequiredPrecision
    {
        get => _fitting.Precision;
        set => _fitting.Precision = value;
    }

    /// <summary>Whether all networks stay in the devices' memory for the next picture, where it suffices: for many pictures, one after the other.</summary>
    public bool KeepsNetworks
    {
        get => _fitting.KeepsNetworks;
        set => _fitting.KeepsNetworks = value;
    }

    /// <summary>Told on the calling thread what a picture looks like half way; <c>null</c> if nobody wants to see it.</summary>
    public IProgress<RestorationPreview>? Previews { get; set; }

    /// <summary>The memory that restoring a picture will take.</summary>
    /// <exception cref="DeviceMemoryException">It is more than there is.</exception>
    /// <exception cref="OptionException">The settings do not fit the picture or the model.</exception>
    public MemoryPlan PlanMemory(Picture picture, RestorationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(settings);
        Use(settings.Variant);
        return Fit(settings, WorkingPicture.SizeOf(picture, settings), seed: 0, null, default).Memory;
    }

    /// <summary>Frees the networks that are kept for the next picture, and looks anew at what memory there is; to be called when something else
    /// in this process has taken or given back much of it.</summary>
    public void FreeNetworks()
    {
        _plans.Clear();
        _fitting.Forget();
    }

    /// <summary>Restores one picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="settings">How; a missing seed is drawn and told in the result.</param>
    /// <param name="progress">Told as the work goes on, on the calling thread.</param>
    /// <param name="cancellationToken">Asked between operations of the networks.</param>
    /// <exception cref="OptionException">The settings do not fit the picture or the model.</exception>
    /// <exception cref="DeviceMemoryException">The run would need more memory than there is.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public Restored Restore(
        Picture picture, RestorationSettings settings, IProgress<RestorationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Restore(picture, settings, progress, null, cancellationToken);

    /// <summary>Restores one picture, or goes on with a run that was killed.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="settings">How; a missing seed is drawn and told in the result.</param>
    /// <param name="progress">Told as the work goes on, on the calling thread.</param>
    /// <param name="journal">Where a long run keeps its state, and what a killed one has left; <c>null</c> for neither.</param>
    /// <param name="cancellationToken">Asked between operations of the networks.</param>
    /// <exception cref="OptionException">The settings do not fit the picture or the model.</exception>
    /// <exception cref="DeviceMemoryException">The run would need more memory than there is.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public Restored Restore(
        Picture picture, RestorationSettings settings, IProgress<RestorationProgress>? progress, RunJournal? journal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(settings);
        Use(settings.Variant);
        RestorationSettings seeded = (settings with { Seed = settings.Seed ?? journal?.Found?.Seed }).WithSeedDrawn();
        WorkingSize size = WorkingPicture.SizeOf(picture, seeded);
        FloatImage working = WorkingPicture.Of(picture, size, seeded);
        (RestorationRun run, MemoryPlan memory) = Fit(settings, size, seeded.Seed, progress, cancellationToken);
        run.Journal = journal;
        run.Previews = Previews;
        if (journal?.Found is not null && journal.Found.Precision != memory.Precision)
        {
            journal.ForgetFound();
        }

        Picture[] samples = [.. run.Restore(working).Select(restored => WorkingPicture.Finish(restored, size, picture, seeded))];
        return new Restored(samples[0], seeded, size, run.Stages) { Samples = samples, Memory = memory, Bits = seeded.Bits ?? picture.Bits };
    }

    /// <summary>The working picture with the tiles of the model's sampler drawn on it, numbered from 0 in the order of their captions.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="settings">How it would be restored.</param>
    /// <exception cref="OptionException">The model's sampler has no tiles, or the settings do not fit the picture.</exception>
    public Picture DrawTiles(Picture picture, RestorationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(settings);
        WorkingSize size = WorkingPicture.SizeOf(picture, settings);
        ModelOptions options = OptionsFor(settings);
        TileGrid grid = RestorationRun.GridOf(options, size) ?? throw new OptionException(
            $"{options.Path}: the sampler {options.Sampler.Kind.ShortName} has no tiles, so there is no map of them; choose one that has with --sampler.");
        return TileMap.Draw(WorkingPicture.Of(picture, size, settings).ToPicture(), grid, options.Vae.Downsampling);
    }

    /// <summary>The clean picture of stage 1, which captioners are shown.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="settings">How it would be restored.</param>
    /// <param name="shorterSide">The pixels that the shorter side is worked at; <c>null</c> for the restoration's own size, as it is worked at.</param>
    /// <param name="cancellationToken">Asked between operations of the networks.</param>
    /// <exception cref="OptionException">The settings do not fit the picture.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public Picture Clean(Picture picture, RestorationSettings settings, int? shorterSide, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(settings);
        WorkingSize size = shorterSide is int side
            ? WorkingSize.ForPreview(picture.Width, picture.Height, settings.Upscale, settings.MinSize, side)
            : WorkingPicture.SizeOf(picture, settings);
        Use(settings.Variant);
        bool isReference = settings.Mode == NumericsMode.Reference;
        FloatImage working = isReference ? ReferencePixels.ToWorking(picture, size) : PrecisePixels.ToWorking(picture, size);
        RestorationSettings one = settings with { TileCaptions = null, Samples = 1 };
        FloatImage clean = Fit(one, size, seed: 0, null, cancellationToken).Run.Clean(working);
        return shorterSide is null ? clean.ToPicture()
            : isReference ? ReferencePixels.ToOutput(clean, size)
            : PrecisePixels.ToOutput(clean, size, picture.WithoutAlpha());
    }

    /// <summary>The tiles of the model's sampler on the working picture, in the order of their captions.</summary>
    /// <exception cref="OptionException">The sampler has no tiles, or the settings do not fit the picture.</exception>
    public IReadOnlyList<TileWindow> TilesOf(Picture picture, RestorationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(settings);
        IReadOnlyList<TileWindow> tiles = PictureTiles.Of(_options, settings, WorkingPicture.SizeOf(picture, settings));
        return tiles.Count > 0
            ? tiles
            : throw new OptionException($"{_options.Path}: the sampler {(settings.Sampler ?? _options.Sampler).Kind} has no tiles, so they can have no captions.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plans.Dispose();
        _source.Dispose();
        _files?.Dispose();
    }

    private void Use(SupirVariant variant)
    {
        if (_files is not null && variant != _variant)
        {
            _plans.Clear();
            _source = _files.Open(variant);
            _variant = null;
            _networks = Build();
            _variant = variant;
        }
    }

    private SupirNetworks Build()
    {
        int firstHiddenState = _options.TextEncoders[0].HiddenLayer
            ?? throw new OptionException($"{_options.Path}: the first text encoder needs layer: hidden and a layer_idx.");
        SupirNetworks networks = new(new WeightReader(_source), _options.Vae, _options.UNet, _options.Control, firstHiddenState);
        UnreadWeights = FindUnreadWeights(networks);
        return networks;
    }

    private ModelOptions OptionsFor(RestorationSettings settings) => _options with
    {
        Sampler = settings.Sampler ?? _options.Sampler,
        Denoiser = _options.Denoiser with { HalfLevels = _options.Checkpoints.HalfParameters && settings.Mode == NumericsMode.Reference },
    };

    private (RestorationRun Run, MemoryPlan Memory) Fit(
        RestorationSettings settings, WorkingSize size, long? seed, IProgress<RestorationProgress>? progress, CancellationToken cancellationToken)
    {
        RestorationRun Describe(RestorationSettings changed, WorkingSize of) =>
            new(_networks, OptionsFor(changed), changed with { Seed = seed }, _backends, _plans, of, progress, cancellationToken);

        return _fitting.Fit(Describe, settings, size);
    }

    private static string? FindUnreadWeights(SupirNetworks networks)
    {
        try
        {
            networks.RequireAllRead();
            return null;
        }
        catch (CheckpointException exception)
        {
            // Merged and fine-tuned checkpoints carry tensors of their own; they do no harm, but their owner should know.
            return exception.Message;
        }
    }
}

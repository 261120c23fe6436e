using Supir.Checkpoints;
using Supir.Checkpoints.Adapters;
using Supir.Checkpoints.TextEncoders;
using Supir.Restoration.Options;

namespace Supir.Restoration;

/// <summary>The files of a model, laid over each other: text encoders, SDXL, SUPIR, with LoRAs applied.</summary>
/// <remarks>What both published variants share is opened once, and its weights stay the same objects: switching reads only the file that
/// differs.</remarks>
internal sealed class ModelFiles : IDisposable
{
    private readonly CheckpointOptions _checkpoints;
    private readonly Func<string, IWeightSource> _open;
    private readonly List<string> _notes = [];
    private RememberingSource? _base;
    private RememberingSource? _variantFile;

    /// <summary>Describes the files; none is opened yet.</summary>
    /// <param name="checkpoints">Where they lie.</param>
    /// <param name="open">Opens a checkpoint.</param>
    public ModelFiles(CheckpointOptions checkpoints, Func<string, IWeightSource> open)
    {
        _checkpoints = checkpoints;
        _open = open;
    }

    /// <summary>Sentences about what was left out.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>All weights of a variant. Those of the variant before are lost.</summary>
    /// <exception cref="OptionException">No checkpoint is named.</exception>
    /// <exception cref="CheckpointException">A file is missing, broken, or not what it should be.</exception>
    public OverlaySource Open(SupirVariant variant)
    {
        IReadOnlyList<string> files = _checkpoints.For(variant);
        string? chosen = variant == SupirVariant.Fidelity ? _checkpoints.Fidelity : _checkpoints.Quality;
        string[] shared = [.. files.SkipLast(chosen is null ? 0 : 1)];

        // Without a base there is nothing to share, and LoRAs are for the one file that there is.
        if (shared.Length == 0)
        {
            CloseBase();
            OverlaySource only = new(_base = new RememberingSource(OpenBase(files)));
            return only;
        }

        _base ??= new RememberingSource(OpenBase(shared));
        RememberingSource? next = chosen is null ? null : new RememberingSource(Rounded(_open(chosen)));
        _variantFile?.Close();
        _variantFile = next;
        return _variantFile is null ? new OverlaySource(_base) : new OverlaySource(_base, _variantFile);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _variantFile?.Close();
        CloseBase();
    }

    private void CloseBase()
    {
        _base?.Close();
        _base = null;
        _notes.Clear();
    }

    private IWeightSource OpenBase(IReadOnlyList<string> files)
    {
        List<IWeightSource> open = [];
        try
        {
            foreach (string file in files)
            {
                open.Add(Rounded(_open(file)));
            }

            AddTextEncoder(open, _checkpoints.Clip, CheckpointPart.FirstTextEncoder, ClipFolderSource.Open);
            AddTextEncoder(open, _checkpoints.OpenClip, CheckpointPart.SecondTextEncoder, OpenClipSource.Open);
            IWeightSource whole = new OverlaySource([.. open]);
            open = [whole];
            foreach (LoraFile file in _checkpoints.Loras)
            {
                IWeightSource weights = _open(file.Path);
                open.Add(weights);
                LoraSource lora = new(whole, weights, file.Strength);
                whole = lora;
                open = [whole];
                if (lora.Warning is string warning)
                {
                    _notes.Add(warning);
                }
            }

            return whole;
        }
        catch
        {
            open.ForEach(source => source.Dispose());
            throw;
        }
    }

    private void AddTextEncoder(List<IWeightSource> open, TextEncoderPath? encoder, CheckpointPart part, Func<string, IWeightSource> openEncoder)
    {
        bool Belongs(string name) => CheckpointNames.Normalise(name) is string full && WeightReader.IsUnder(full, part.Prefix);
        if (encoder is null || (!encoder.Replaces && open.Exists(source => source.Tensors.Keys.Any(Belongs))))
        {
            return;
        }

        for (int i = 0; i < open.Count; i++)
        {
            open[i] = open[i].Tensors.Keys.Any(Belongs) ? new RenamedSource(open[i], name => Belongs(name) ? null : name) : open[i];
        }

        open.Add(Rounded(openEncoder(encoder.Path)));
    }

    private IWeightSource Rounded(IWeightSource source) => _checkpoints.HalfParameters ? new HalfPrecisionSource(source) : source;
}

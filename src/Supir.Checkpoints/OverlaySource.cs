using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>Several sources as one: SDXL's file below, SUPIR's over it. A later source overrides the weights of earlier ones.</summary>
/// <remarks>All names are full ones, as <see cref="CheckpointNames.Normalise"/> makes them. Skipped tensors keep the names of their files.</remarks>
public sealed class OverlaySource : IWeightSource
{
    private readonly IWeightSource[] _sources;
    private readonly OrderedDictionary<string, WeightInfo> _tensors = [];
    private readonly Dictionary<string, (IWeightSource Source, string Name)> _origins = [];

    /// <summary>Lays sources over each other and takes them over: they are disposed together.</summary>
    /// <exception cref="CheckpointException">One source holds the same weight under two names; the sources then stay the caller's.</exception>
    public OverlaySource(params IReadOnlyList<IWeightSource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        _sources = [.. sources];
        foreach (IWeightSource source in _sources)
        {
            Add(source);
        }
    }

    /// <inheritdoc/>
    public string Description => string.Join(" + ", _sources.Select(source => source.Description));

    /// <summary>All weights by their full names: those of the first source in its order, then what each further one adds.</summary>
    public IReadOnlyDictionary<string, WeightInfo> Tensors => _tensors;

    /// <inheritdoc/>
    public IReadOnlyList<SkippedTensor> Skipped => [.. _sources.SelectMany(source => source.Skipped)];

    /// <summary>The weight of this full name, out of the last source that has it; its own name is that in the file.</summary>
    /// <inheritdoc/>
    public Weight Get(string name) => _origins.TryGetValue(name, out (IWeightSource Source, string Name) origin)
        ? origin.Source.Get(origin.Name)
        : throw new CheckpointException($"{Description} has no weight {Quotation.Of(name)}.");

    /// <summary>Closes all sources.</summary>
    public void Dispose()
    {
        foreach (IWeightSource source in _sources)
        {
            source.Dispose();
        }
    }

    private void Add(IWeightSource source)
    {
        Dictionary<string, string> namesHere = [];
        foreach (WeightInfo info in source.Tensors.Values)
        {
            if (CheckpointNames.Normalise(info.Name) is not string name)
            {
                continue;
            }

            if (!namesHere.TryAdd(name, info.Name))
            {
                throw new CheckpointException(
                    $"{source.Description} holds the same weight twice, as {Quotation.Of(namesHere[name])} and as {Quotation.Of(info.Name)}.");
            }

            _tensors[name] = new WeightInfo(name, info.Lengths, info.Type);
            _origins[name] = (source, info.Name);
        }
    }
}

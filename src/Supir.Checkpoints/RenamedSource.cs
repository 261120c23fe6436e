using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>A source some or all of whose weights go by other names here.</summary>
public sealed class RenamedSource : IWeightSource
{
    private readonly IWeightSource _source;
    private readonly OrderedDictionary<string, WeightInfo> _tensors = [];
    private readonly Dictionary<string, string> _namesInSource = [];

    /// <summary>Renames the weights of a source and takes it over.</summary>
    /// <param name="source">The source.</param>
    /// <param name="rename">The name here of a name in the source, or <c>null</c> for a weight that is left out.</param>
    /// <exception cref="CheckpointException">Two weights get the same name; the source then stays the caller's.</exception>
    public RenamedSource(IWeightSource source, Func<string, string?> rename)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(rename);
        _source = source;
        foreach (WeightInfo info in source.Tensors.Values)
        {
            if (rename(info.Name) is not string name)
            {
                continue;
            }

            if (!_namesInSource.TryAdd(name, info.Name))
            {
                throw new CheckpointException(
                    $"{source.Description} holds the same weight twice, as {Quotation.Of(_namesInSource[name])} and as {Quotation.Of(info.Name)}.");
            }

            _tensors.Add(name, new WeightInfo(name, info.Lengths, info.Type));
        }
    }

    /// <inheritdoc/>
    public string Description => _source.Description;

    /// <inheritdoc/>
    public string FormatName => _source.FormatName;

    /// <summary>The weights by their names here, in the order of the source.</summary>
    public IReadOnlyDictionary<string, WeightInfo> Tensors => _tensors;

    /// <inheritdoc/>
    public IReadOnlyList<SkippedTensor> Skipped => _source.Skipped;

    /// <summary>The weight of this name; its own name is that in the source.</summary>
    /// <inheritdoc/>
    public Weight Get(string name) => _namesInSource.TryGetValue(name, out string? inSource)
        ? _source.Get(inSource)
        : throw new CheckpointException($"{Description} has no weight {Quotation.Of(name)}.");

    /// <summary>Closes the source.</summary>
    public void Dispose() => _source.Dispose();
}

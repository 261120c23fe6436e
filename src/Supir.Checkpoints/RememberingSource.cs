using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>A source that gives the same object each time it is asked for a weight, so that a backend which has packed it need not read it again.</summary>
/// <remarks>It can be part of several overlays one after the other: closing one of them leaves it open.</remarks>
public sealed class RememberingSource : IWeightSource
{
    private readonly IWeightSource _source;
    private readonly Dictionary<string, Weight> _weights = [];

    /// <summary>Remembers the weights of a source and takes it over.</summary>
    public RememberingSource(IWeightSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
    }

    /// <inheritdoc/>
    public string Description => _source.Description;

    /// <inheritdoc/>
    public string FormatName => _source.FormatName;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => _source.Metadata;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightInfo> Tensors => _source.Tensors;

    /// <inheritdoc/>
    public IReadOnlyList<SkippedTensor> Skipped => _source.Skipped;

    /// <inheritdoc/>
    public Weight Get(string name)
    {
        if (!_weights.TryGetValue(name, out Weight? weight))
        {
            weight = _source.Get(name);
            _weights.Add(name, weight);
        }

        return weight;
    }

    /// <summary>Nothing: <see cref="Close"/> closes the source.</summary>
    public void Dispose()
    {
    }

    /// <summary>Closes the source.</summary>
    public void Close() => _source.Dispose();
}

using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints.Tests;

/// <summary>A few weights in memory, each filled with one number; remembers that it was disposed.</summary>
internal sealed class ListedSource : IWeightSource
{
    private readonly OrderedDictionary<string, WeightInfo> _tensors = [];
    private readonly Dictionary<string, Weight> _weights = [];

    public ListedSource(string description, params (string Name, Shape Shape, float Value)[] weights)
    {
        Description = description;
        foreach ((string name, Shape shape, float value) in weights)
        {
            long[] lengths = [.. Enumerable.Range(0, shape.Rank).Select(axis => (long)shape[axis])];
            _tensors.Add(name, new WeightInfo(name, lengths, DType.Float32));
            _weights.Add(name, Weight.FromFloats(name, shape, [.. Enumerable.Repeat(value, (int)shape.ElementCount)]));
        }
    }

    public string Description { get; }

    public bool IsDisposed { get; private set; }

    public IReadOnlyDictionary<string, WeightInfo> Tensors => _tensors;

    public IReadOnlyList<SkippedTensor> Skipped { get; init; } = [];

    public Weight Get(string name) => _weights[name];

    public void Dispose() => IsDisposed = true;
}

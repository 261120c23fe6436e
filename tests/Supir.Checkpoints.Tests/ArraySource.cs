using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints.Tests;

/// <summary>Weights in memory, made from their elements.</summary>
internal sealed class ArraySource(string description) : IWeightSource
{
    private readonly OrderedDictionary<string, WeightInfo> _tensors = [];
    private readonly Dictionary<string, Weight> _weights = [];

    public string Description => description;

    public IReadOnlyDictionary<string, WeightInfo> Tensors => _tensors;

    public IReadOnlyList<SkippedTensor> Skipped { get; init; } = [];

    public ArraySource Add(string name, Shape shape, params float[] elements) => Add(Weight.FromFloats(name, shape, elements));

    public ArraySource Add(Weight weight)
    {
        long[] lengths = [.. Enumerable.Range(0, weight.Shape.Rank).Select(axis => (long)weight.Shape[axis])];
        _tensors.Add(weight.Name, new WeightInfo(weight.Name, lengths, weight.Type));
        _weights.Add(weight.Name, weight);
        return this;
    }

    /// <summary>A weight of random elements, spread as a normal distribution.</summary>
    public ArraySource AddRandom(string name, params int[] lengths)
    {
        Random random = new(name.Length + (int)SyntheticRule.Crc32(System.Text.Encoding.UTF8.GetBytes(name)));
        Shape shape = new(lengths);
        float[] elements = new float[shape.ElementCount];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return Add(name, shape, elements);
    }

    public Weight Get(string name) => _weights[name];

    public void Dispose()
    {
    }
}

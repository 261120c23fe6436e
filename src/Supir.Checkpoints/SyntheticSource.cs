using System.Text.Json;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>A checkpoint of any size that takes no space: every weight is computed from its name and shape, in half precision, when it is pinned.</summary>
/// <remarks>For goldens and for benchmarks at full size. The rule is in tests/goldens/synthetic.py.</remarks>
public sealed class SyntheticSource : IWeightSource
{
    private readonly OrderedDictionary<string, WeightInfo> _tensors = [];

    /// <summary>A source of the given weights.</summary>
    /// <param name="description">What to call it in messages.</param>
    /// <param name="shapes">Names and shapes, in the order of the listing.</param>
    public SyntheticSource(string description, IEnumerable<KeyValuePair<string, Shape>> shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        Description = description;
        foreach ((string name, Shape shape) in shapes)
        {
            long[] lengths = new long[shape.Rank];
            for (int axis = 0; axis < lengths.Length; axis++)
            {
                lengths[axis] = shape[axis];
            }

            _tensors.Add(name, new WeightInfo(name, lengths, DType.Float16));
        }
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightInfo> Tensors => _tensors;

    /// <inheritdoc/>
    public IReadOnlyList<SkippedTensor> Skipped => [];

    /// <summary>A source of the weights that a manifest lists: a JSON object from names to lists of lengths.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, or is not such a manifest.</exception>
    public static SyntheticSource Open(string manifestPath)
    {
        OrderedDictionary<string, Shape> shapes = [];
        try
        {
            using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(manifestPath));
            foreach (JsonProperty entry in manifest.RootElement.EnumerateObject())
            {
                int[] lengths = [.. entry.Value.EnumerateArray().Select(length => length.GetInt32())];
                if (!shapes.TryAdd(entry.Name, new Shape(lengths)))
                {
                    throw new CheckpointException($"{manifestPath}: {Quotation.Of(entry.Name)} appears twice.");
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{manifestPath} cannot be read: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new CheckpointException($"{manifestPath} is not a manifest, a JSON object from names to lists of at most four lengths: {exception.Message}", exception);
        }

        return new SyntheticSource(manifestPath, shapes);
    }

    /// <inheritdoc/>
    public Weight Get(string name)
    {
        if (!_tensors.TryGetValue(name, out WeightInfo? info))
        {
            throw new CheckpointException($"{Description} has no weight {Quotation.Of(name)}.");
        }

        Shape shape = info.RequireShape(Description);
        return new Weight(name, shape, DType.Float16, new SyntheticWeightStorage(name, shape));
    }

    /// <summary>Does nothing: what is pinned is freed by its last unpin.</summary>
    public void Dispose()
    {
    }
}

using Supir.Engine;

namespace Supir.Checkpoints.Pickles;

/// <summary>Where a storage of a torch file lies.</summary>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Length">Its bytes, which are inside the file.</param>
internal readonly record struct StoragePlace(long Offset, long Length);

/// <summary>Where a weight of a torch file lies.</summary>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Strides">For each axis the elements that one step takes, or <c>null</c> where they lie row-major and without gaps.</param>
internal sealed record TorchPlace(long Offset, long[]? Strides);

/// <summary>Where the tensors of a torch file lie, proven to be inside their storages.</summary>
internal sealed class TorchLayout
{
    private readonly OrderedDictionary<string, WeightInfo> _weights = [];
    private readonly Dictionary<string, TorchPlace> _places = [];
    private readonly List<SkippedTensor> _skipped = [];

    /// <summary>The weights in the order of the file.</summary>
    public IReadOnlyDictionary<string, WeightInfo> Weights => _weights;

    /// <summary>What is no weight, in the order of the file.</summary>
    public IReadOnlyList<SkippedTensor> Skipped => _skipped;

    /// <summary>Checks what a pickle says of its tensors.</summary>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="placeOf">Where a storage lies; it refuses one that the file lacks.</param>
    /// <param name="file">The path, for messages.</param>
    /// <exception cref="CheckpointException">A tensor that reaches out of its storage, or a storage of another size than it should have.</exception>
    public static TorchLayout Of(IReadOnlyDictionary<string, TorchTensor> tensors, Func<string, StoragePlace> placeOf, string file)
    {
        TorchLayout layout = new();
        foreach ((string name, TorchTensor tensor) in tensors)
        {
            layout.Add(name, tensor, placeOf(tensor.Storage.Key), file);
        }

        return layout;
    }

    /// <summary>Where a weight lies.</summary>
    public TorchPlace PlaceOf(string name) => _places[name];

    private void Add(string name, TorchTensor tensor, StoragePlace place, string file)
    {
        TorchStorage storage = tensor.Storage;
        string what = $"{file} is damaged: tensor {Quotation.Of(name)}";
        if (storage.ElementCount > place.Length / storage.Type.SizeInBytes || storage.ElementCount * storage.Type.SizeInBytes != place.Length)
        {
            throw new CheckpointException(
                $"{what} needs a storage of {storage.ElementCount:N0} elements in {storage.Type.Name}, but the one in the file has {place.Length:N0} bytes.");
        }

        long viewBytes = storage.ViewLength * storage.Type.SizeInBytes;
        long available = viewBytes / tensor.Type.SizeInBytes;
        if (ElementCountOf(tensor.Lengths) is not long count || !Reaches(tensor, count, available))
        {
            throw new CheckpointException(
                $"{what} of shape {WeightInfo.TextOf(tensor.Lengths)} reaches out of its storage, which has {available:N0} elements.");
        }

        if (count > available)
        {
            throw new CheckpointException(
                $"{file}: tensor {Quotation.Of(name)} of shape {WeightInfo.TextOf(tensor.Lengths)} repeats {available:N0} stored elements (it was expanded). " +
                "Save it again after .contiguous().");
        }

        // Integers in a pickle come without the scales that would make numbers of them.
        if (tensor.Type.Weight is not DType type || type == DType.Int8)
        {
            _skipped.Add(new SkippedTensor(name, tensor.Type.Name, WeightInfo.TextOf(tensor.Lengths), count * tensor.Type.SizeInBytes));
            return;
        }

        long first = (storage.FirstElement * storage.Type.SizeInBytes) + (count == 0 ? 0 : tensor.Offset * tensor.Type.SizeInBytes);
        _weights.Add(name, new WeightInfo(name, tensor.Lengths, type));
        _places.Add(name, new TorchPlace(place.Offset + first, IsContiguous(tensor, count) ? null : tensor.Strides));
    }

    private static long? ElementCountOf(long[] lengths)
    {
        // A shape without elements can have other axes of any length.
        if (lengths.Contains(0))
        {
            return Array.TrueForAll(lengths, length => length <= int.MaxValue) ? 0 : null;
        }

        long count = 1;
        foreach (long length in lengths)
        {
            if (count > long.MaxValue / 16 / length)
            {
                return null;
            }

            count *= length;
        }

        return count;
    }

    private static bool Reaches(TorchTensor tensor, long count, long available)
    {
        if (count == 0)
        {
            return true;
        }

        Int128 last = tensor.Offset;
        for (int axis = 0; axis < tensor.Lengths.Length; axis++)
        {
            last += (Int128)(tensor.Lengths[axis] - 1) * tensor.Strides[axis];
        }

        return last < available;
    }

    private static bool IsContiguous(TorchTensor tensor, long count)
    {
        long stride = 1;
        for (int axis = tensor.Lengths.Length - 1; axis >= 0 && count > 0; axis--)
        {
            if (tensor.Lengths[axis] != 1 && tensor.Strides[axis] != stride)
            {
                return false;
            }

            stride *= tensor.Lengths[axis];
        }

        return true;
    }
}

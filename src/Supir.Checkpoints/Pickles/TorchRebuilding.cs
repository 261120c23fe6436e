namespace Supir.Checkpoints.Pickles;

/// <summary>What the known functions of a torch pickle make of their arguments; no more than describing tensors.</summary>
internal static class TorchRebuilding
{
    /// <summary>More axes than any tensor in torch can have.</summary>
    private const int MostAxes = 64;

    /// <summary>The result of calling a global, or <c>null</c> where the arguments do not fit it.</summary>
    public static object? Call(PickleGlobal global, object?[] arguments) => global.Kind switch
    {
        PickleGlobalKind.OrderedDictionary => OrderedDictionary(arguments),
        PickleGlobalKind.RebuildTensor => Tensor(arguments, null),
        PickleGlobalKind.RebuildTypedTensor when arguments is [_, _, _, _, _, _, PickleGlobal { Kind: PickleGlobalKind.NumberFormat } format, ..] =>
            Tensor(arguments, format.Type),
        PickleGlobalKind.RebuildParameter => arguments is [TorchTensor tensor, ..] ? tensor : null,
        _ => null,
    };

    /// <summary>The storage that a persistent id stands for, or <c>null</c> where it is no storage's.</summary>
    public static TorchStorage? Storage(object? id)
    {
        if (id is not object?[] { Length: >= 5 } parts
            || parts is not ["storage", PickleGlobal { Kind: PickleGlobalKind.StorageType, Type: SafetensorsType type }, string key, _, long count, ..]
            || count < 0)
        {
            return null;
        }

        // A sixth entry was written by torch before 0.4 for a storage that is a view of another: its key, its first element and its length.
        return parts.Length > 5 && parts[5] is object?[] view
            ? view is [_, long first, long length] && first >= 0 && length >= 0 && first <= count && length <= count - first
                ? new TorchStorage(key, type, count, first, length)
                : null
            : new TorchStorage(key, type, count, FirstElement: 0, ViewLength: count);
    }

    private static PickleDictionary? OrderedDictionary(object?[] arguments)
    {
        PickleDictionary result = new();
        if (arguments.Length == 0)
        {
            return result;
        }

        if (arguments is not [PickleList pairs])
        {
            return null;
        }

        foreach (object? pair in pairs.Items)
        {
            switch (pair)
            {
                case object?[] { Length: 2 } tuple:
                    result.Entries.Add((tuple[0], tuple[1]));
                    break;
                case PickleList { Items.Count: 2 } list:
                    result.Entries.Add((list.Items[0], list.Items[1]));
                    break;
                default:
                    return null;
            }
        }

        return result;
    }

    private static TorchTensor? Tensor(object?[] arguments, SafetensorsType? type) =>
        arguments is [TorchStorage storage, long offset, object?[] size, object?[] stride, ..] && offset >= 0
            && WholeNumbers(size) is long[] lengths && WholeNumbers(stride) is long[] strides && lengths.Length == strides.Length
            ? new TorchTensor(storage, type ?? storage.Type, offset, lengths, strides)
            : null;

    private static long[]? WholeNumbers(object?[] tuple) =>
        tuple.Length <= MostAxes && Array.TrueForAll(tuple, entry => entry is long and >= 0) ? [.. tuple.Cast<long>()] : null;
}

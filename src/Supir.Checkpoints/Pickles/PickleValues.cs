namespace Supir.Checkpoints.Pickles;

/// <summary>A dict or an OrderedDict of a pickle, as the list of what was put into it; a later entry overrides an earlier one of its key.</summary>
/// <remarks>Keys can be anything here, and none is hashed: a file cannot make that slow.</remarks>
internal sealed class PickleDictionary
{
    /// <summary>All entries in the order in which they were put in.</summary>
    public List<(object? Key, object? Value)> Entries { get; } = [];

    /// <summary>The value of a text key, or <c>null</c>.</summary>
    public object? Find(string key) => Entries.FindLast(entry => entry.Key is string text && text == key).Value;
}

/// <summary>A list or a set of a pickle. Tuples are arrays.</summary>
internal sealed class PickleList
{
    /// <summary>What is in it.</summary>
    public List<object?> Items { get; } = [];
}

/// <summary>What a known global of a pickle stands for.</summary>
internal enum PickleGlobalKind
{
    /// <summary>collections.OrderedDict.</summary>
    OrderedDictionary,

    /// <summary>torch._utils._rebuild_tensor and _rebuild_tensor_v2: a view of a typed storage.</summary>
    RebuildTensor,

    /// <summary>torch._utils._rebuild_tensor_v3: a view of bytes in a number format that is named beside.</summary>
    RebuildTypedTensor,

    /// <summary>torch._utils._rebuild_parameter: a tensor with a flag.</summary>
    RebuildParameter,

    /// <summary>A storage class such as torch.FloatStorage.</summary>
    StorageType,

    /// <summary>A number format such as torch.float8_e4m3fn.</summary>
    NumberFormat,
}

/// <summary>A global that a pickle may name.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Type">The number format, of the last two kinds.</param>
internal sealed record PickleGlobal(PickleGlobalKind Kind, SafetensorsType? Type = null);

/// <summary>A storage as a pickle refers to it; its bytes lie elsewhere in the file.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">The number format of its elements.</param>
/// <param name="ElementCount">How many elements it has.</param>
/// <param name="FirstElement">Where a view of a storage begins in it; 0 but in very old files.</param>
/// <param name="ViewLength">How many elements such a view has; all of them otherwise.</param>
internal sealed record TorchStorage(string Key, SafetensorsType Type, long ElementCount, long FirstElement, long ViewLength);

/// <summary>A tensor as a pickle describes it; nothing is known yet of whether its numbers fit the file.</summary>
/// <param name="Storage">Where its elements lie.</param>
/// <param name="Type">Their number format.</param>
/// <param name="Offset">Its first element in the storage.</param>
/// <param name="Lengths">The lengths of its axes.</param>
/// <param name="Strides">For each axis, how many elements of the storage one step takes.</param>
internal sealed record TorchTensor(TorchStorage Storage, SafetensorsType Type, long Offset, long[] Lengths, long[] Strides);

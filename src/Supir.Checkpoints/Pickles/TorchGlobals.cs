namespace Supir.Checkpoints.Pickles;

/// <summary>The only globals that a pickle may name. Anything else could run a program, and is refused wherever it stands.</summary>
internal static class TorchGlobals
{
    private static readonly Dictionary<string, PickleGlobal> Known = Build();

    /// <summary>What a global stands for.</summary>
    /// <exception cref="CheckpointException">It is none of the known ones.</exception>
    public static PickleGlobal Resolve(string module, string name, string file) =>
        Known.TryGetValue($"{module}.{name}", out PickleGlobal? known) ? known : throw new CheckpointException(
            $"{file} was not loaded: it asks for the Python object {Quotation.Of($"{module}.{name}")}, which is no tensor and no plain data and could run a program. " +
            "Use a file with nothing but weights.");

    private static Dictionary<string, PickleGlobal> Build()
    {
        Dictionary<string, PickleGlobal> known = new()
        {
            ["collections.OrderedDict"] = new(PickleGlobalKind.OrderedDictionary),
            ["torch._utils._rebuild_tensor"] = new(PickleGlobalKind.RebuildTensor),
            ["torch._utils._rebuild_tensor_v2"] = new(PickleGlobalKind.RebuildTensor),
            ["torch._utils._rebuild_tensor_v3"] = new(PickleGlobalKind.RebuildTypedTensor),
            ["torch._utils._rebuild_parameter"] = new(PickleGlobalKind.RebuildParameter),
        };
        foreach ((string name, string type) in new[]
        {
            ("torch.FloatStorage", "F32"), ("torch.HalfStorage", "F16"), ("torch.BFloat16Storage", "BF16"), ("torch.DoubleStorage", "F64"),
            ("torch.CharStorage", "I8"), ("torch.ByteStorage", "U8"), ("torch.ShortStorage", "I16"), ("torch.IntStorage", "I32"),
            ("torch.LongStorage", "I64"), ("torch.BoolStorage", "BOOL"), ("torch.ComplexFloatStorage", "C64"),
            ("torch.UntypedStorage", "U8"), ("torch.storage.UntypedStorage", "U8"), ("torch.storage._UntypedStorage", "U8"),
        })
        {
            known.Add(name, new PickleGlobal(PickleGlobalKind.StorageType, SafetensorsType.Find(type)));
        }

        foreach ((string name, string type) in new[]
        {
            ("float32", "F32"), ("float16", "F16"), ("bfloat16", "BF16"), ("float64", "F64"), ("float8_e4m3fn", "F8_E4M3"), ("float8_e5m2", "F8_E5M2"),
            ("float8_e8m0fnu", "F8_E8M0"), ("int8", "I8"), ("uint8", "U8"), ("int16", "I16"), ("uint16", "U16"), ("int32", "I32"),
            ("uint32", "U32"), ("int64", "I64"), ("uint64", "U64"), ("bool", "BOOL"),
        })
        {
            known.Add($"torch.{name}", new PickleGlobal(PickleGlobalKind.NumberFormat, SafetensorsType.Find(type)));
        }

        return known;
    }
}

using Supir.Engine;

namespace Supir.Checkpoints;

/// <summary>A number format of the safetensors format.</summary>
/// <param name="Name">As the file spells it.</param>
/// <param name="SizeInBytes">Bytes of one element.</param>
/// <param name="Weight">The engine's format, or <c>null</c> where tensors of this format are listed but not offered as weights.</param>
/// <remarks>Source: the format's description, https://github.com/huggingface/safetensors (README.md, "Format").</remarks>
internal sealed record SafetensorsType(string Name, int SizeInBytes, DType? Weight)
{
    private static readonly Dictionary<string, SafetensorsType> Known = new SafetensorsType[]
    {
        new("F32", 4, DType.Float32),
        new("F16", 2, DType.Float16),
        new("BF16", 2, DType.BFloat16),
        new("I8", 1, DType.Int8),
        new("F8_E4M3", 1, DType.Float8E4M3),
        new("BOOL", 1, null),
        new("U8", 1, null),
        new("F8_E5M2", 1, null),
        new("F8_E8M0", 1, null),
        new("I16", 2, null),
        new("U16", 2, null),
        new("I32", 4, null),
        new("U32", 4, null),
        new("I64", 8, null),
        new("U64", 8, null),
        new("F64", 8, null),
        new("C64", 8, null),
    }.ToDictionary(type => type.Name);

    /// <summary>The format of that name, or <c>null</c> if it is unknown.</summary>
    public static SafetensorsType? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>How the format spells a number format of the engine.</summary>
    public static string NameOf(DType type) => Known.Values.First(known => known.Weight == type).Name;
}

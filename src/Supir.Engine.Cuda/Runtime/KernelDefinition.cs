namespace Supir.Engine.Cuda.Runtime;

/// <summary>A kernel in a source file that is embedded in this assembly.</summary>
/// <param name="File">The file, X.cu.</param>
/// <param name="Name">The kernel's name in it.</param>
internal readonly record struct KernelDefinition(string File, string Name);

/// <summary>What the source files are compiled for: they are written once for all of it.</summary>
/// <param name="Type">The values' number format (TYPE: 32, 16 or 116 for bfloat16).</param>
/// <param name="Vector">Elements that a thread loads at once (VECTOR).</param>
/// <param name="HeadDepth">Channels of an attention head, for the kernels that fix it (HEAD_DEPTH).</param>
/// <param name="Keys">Keys of a tile of attention (KEYS); 0 for the file's own number.</param>
internal readonly record struct KernelVariant(DType Type, int Vector = 1, int HeadDepth = 0, int Keys = 0)
{
    /// <summary>Elements of a 16-byte access.</summary>
    public static int WidestVector(DType type) => 16 / type.SizeInBytes;

    /// <summary>The definitions for the compiler.</summary>
    public IEnumerable<string> Options =>
    [
        $"-DTYPE={Type switch { DType.Float32 => 32, DType.Float16 => 16, _ => 116 }}",
        $"-DVECTOR={Vector}",
        $"-DHEAD_DEPTH={HeadDepth}",
        .. Keys > 0 ? new[] { $"-DKEYS={Keys}" } : [],
    ];
}

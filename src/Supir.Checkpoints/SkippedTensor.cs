namespace Supir.Checkpoints;

/// <summary>A tensor that a file holds but that no network reads, because its numbers are not weights: indices, counters, flags.</summary>
/// <param name="Name">The full name in the file.</param>
/// <param name="TypeName">The number format as the file spells it, such as <c>I64</c>.</param>
/// <param name="ShapeText">The lengths in brackets.</param>
/// <param name="ByteCount">Bytes of the elements.</param>
public sealed record SkippedTensor(string Name, string TypeName, string ShapeText, long ByteCount);

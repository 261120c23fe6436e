namespace Supir.Checkpoints.Conversion;

/// <summary>How far a conversion is.</summary>
/// <param name="Name">The weight that was written last.</param>
/// <param name="ElementsDone">Elements of all weights that are written.</param>
/// <param name="ElementCount">Elements of all weights.</param>
public sealed record ConversionProgress(string Name, long ElementsDone, long ElementCount);

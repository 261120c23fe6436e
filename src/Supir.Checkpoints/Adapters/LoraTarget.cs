namespace Supir.Checkpoints.Adapters;

/// <summary>The rows of a weight that one module of a LoRA changes.</summary>
/// <param name="Weight">The name of the weight in the source below.</param>
/// <param name="FirstRow">The first index of the weight's first axis.</param>
/// <param name="RowCount">How many indices.</param>
/// <param name="ColumnCount">Elements of each row.</param>
internal sealed record LoraTarget(string Weight, long FirstRow, long RowCount, long ColumnCount);

using Supir.Engine.Weights;

namespace Supir.Engine.Graphs;

/// <summary>One operation of a graph: its operands and parameters. The formulas stand at the methods of <see cref="Graph"/>.</summary>
public abstract record Node
{
    /// <summary>The values that this operation reads, in order.</summary>
    public abstract IReadOnlyList<Value> Operands { get; }

    /// <summary>The operation's name, for messages and profiles.</summary>
    public string Kind => GetType().Name[..^"Node".Length];
}

/// <summary>A value that the caller writes before a run.</summary>
public sealed record InputNode(string Name, InputRate Rate) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [];
}

/// <summary>See <see cref="Graph.Linear(Value, LinearWeights)"/>.</summary>
public sealed record LinearNode(Value Source, LinearWeights Weights) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source];
}

/// <summary>See <see cref="Graph.Conv2d"/>.</summary>
public sealed record Conv2dNode(Value Source, LinearWeights Weights, Conv2dOptions Options) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source];
}

/// <summary>See <see cref="Graph.GroupNorm"/>.</summary>
public sealed record GroupNormNode(Value Source, Weight Gamma, Weight Beta, int Groups, float Epsilon) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source];
}

/// <summary>See <see cref="Graph.LayerNorm"/>.</summary>
public sealed record LayerNormNode(Value Source, Weight Gamma, Weight Beta, float Epsilon) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source];
}

/// <summary>See <see cref="Graph.Attention"/>.</summary>
public sealed record AttentionNode(Value Query, Value Key, Value Value, int Heads, bool Causal) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Query, Key, Value];
}

/// <summary>See <see cref="Graph.Concat"/>.</summary>
public sealed record ConcatNode(Value First, Value Second) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [First, Second];
}

/// <summary>See <see cref="Graph.Slice"/>.</summary>
public sealed record SliceNode(Value Source, int Start) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source];
}

/// <summary>See <see cref="Graph.Add"/>.</summary>
public sealed record AddNode(Value First, Value Second) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [First, Second];
}

/// <summary>See <see cref="Graph.Activate"/>.</summary>
public sealed record ActivationNode(Value Source, Activation Function) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source];
}

/// <summary>See <see cref="Graph.Geglu"/>.</summary>
public sealed record GegluNode(Value Source) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source];
}

/// <summary>See <see cref="Graph.ZeroSft"/>.</summary>
public sealed record ZeroSftNode(
    Value Source, Weight Gamma, Weight Beta, int Groups, float Epsilon, Value Modulation, Value Raw, Value Scale) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source, Modulation, Raw, Scale];
}

/// <summary>See <see cref="Graph.AddScaled"/>.</summary>
public sealed record AddScaledNode(Value First, Value Second, Value Scale) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [First, Second, Scale];
}

/// <summary>See <see cref="Graph.TimestepEmbedding"/>.</summary>
public sealed record TimestepEmbeddingNode(Value Timesteps) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Timesteps];
}

/// <summary>See <see cref="Graph.Gather"/>.</summary>
public sealed record GatherNode(Value Ids, Weight Table, Weight Positions) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Ids];
}

/// <summary>See <see cref="Graph.SelectRow"/>.</summary>
public sealed record SelectRowNode(Value Source, Value Index) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source, Index];
}

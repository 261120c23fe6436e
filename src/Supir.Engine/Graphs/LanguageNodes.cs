using Supir.Engine.Weights;

namespace Supir.Engine.Graphs;

/// <summary>See <see cref="Graph.RmsNorm"/>.</summary>
public sealed record RmsNormNode(Value Source, Weight Gamma, float Epsilon) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source];
}

/// <summary>See <see cref="Graph.Swiglu"/>.</summary>
public sealed record SwigluNode(Value Source) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source];
}

/// <summary>See <see cref="Graph.Rope"/>.</summary>
public sealed record RopeNode(Value Source, Value Position, int Heads, float Theta) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source, Position];
}

/// <summary>See <see cref="Graph.Append(State, Value, Value)"/>.</summary>
public sealed record AppendNode(State State, Value Source, Value Position) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Source, Position];
}

/// <summary>See <see cref="Graph.CachedAttention"/>.</summary>
public sealed record CachedAttentionNode(Value Query, Value Keys, Value Values, Value Position) : Node
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => [Query, Keys, Values, Position];

    /// <summary>What the keys were appended to.</summary>
    public State KeyState => ((AppendNode)Keys.Producer).State;

    /// <summary>What the values were appended to.</summary>
    public State ValueState => ((AppendNode)Values.Producer).State;
}

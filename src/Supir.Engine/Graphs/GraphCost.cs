namespace Supir.Engine.Graphs;

/// <summary>How much arithmetic a graph takes.</summary>
public static class GraphCost
{
    /// <summary>Floating-point operations of all matrix products, convolutions and attentions; a multiplication and its addition are two.</summary>
    public static double Flops(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Values.Sum(value => Flops(value));
    }

    private static double Flops(Value value) => value.Producer switch
    {
        LinearNode node => 2.0 * value.Rows * value.Channels * node.Weights.InChannels,
        Conv2dNode node => 2.0 * value.Rows * value.Channels * node.Weights.InChannels * node.Weights.KernelHeight * node.Weights.KernelWidth,
        AttentionNode node => 4.0 * value.Rows * node.Key.Positions * value.Channels,
        CachedAttentionNode node => 4.0 * value.Rows * node.KeyState.Positions * value.Channels,
        _ => 0,
    };
}

namespace Supir.Engine.Graphs;

/// <summary>A symbolic result in a graph: what it is shaped like and which operation makes it. It holds no memory.</summary>
/// <remarks>Always single layout: row-major [N, H, W, C]. An image has H and W; the tokens of a transformer are the same
/// rows, and text has its tokens in H with W = 1. So "b c h w ↔ b (h w) c" costs nothing.</remarks>
public sealed class Value
{
    internal Value(Graph graph, int id, Shape shape, Node producer, bool isPerRun)
    {
        Graph = graph;
        Id = id;
        Shape = shape;
        Producer = producer;
        IsPerRun = isPerRun;
    }

    /// <summary>The graph that this value belongs to.</summary>
    public Graph Graph { get; }

    /// <summary>The position among the graph's values, from 0, in the order of their description.</summary>
    public int Id { get; }

    /// <summary>[N, H, W, C].</summary>
    public Shape Shape { get; }

    /// <summary>The operation that makes this value.</summary>
    public Node Producer { get; }

    /// <summary>Whether this value follows from inputs that stay the same over all steps of a run, so that it is computed once.</summary>
    public bool IsPerRun { get; }

    /// <summary>Images, or texts, in the batch.</summary>
    public int Batch => Shape[0];

    /// <summary>Height in positions; for text the number of tokens.</summary>
    public int Height => Shape[1];

    /// <summary>Width in positions; 1 for text.</summary>
    public int Width => Shape[2];

    /// <summary>Channels: the length of a row.</summary>
    public int Channels => Shape[3];

    /// <summary>Positions of one image: H · W.</summary>
    public int Positions => Height * Width;

    /// <summary>Rows of the matrix: N · H · W.</summary>
    public int Rows => Batch * Height * Width;

    /// <inheritdoc/>
    public override string ToString() => $"%{Id} {Shape} = {Producer.Kind}";
}

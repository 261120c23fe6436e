using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Planning;

/// <summary>How an attention is computed.</summary>
internal enum AttentionPath
{
    /// <summary>One kernel on the tensor cores.</summary>
    Flash,

    /// <summary>Two matrix products with a softmax between them, some queries at a time.</summary>
    Products,

    /// <summary>One warp a query.</summary>
    Plain,
}

/// <summary>The choice of an attention's path, which follows from sizes alone.</summary>
internal static class AttentionPaths
{
    /// <summary>Above this many pairs of query and key, products pay in single precision.</summary>
    private const long MostPlainPairs = 1 << 16;

    /// <summary>Bytes that the scores of some queries may take.</summary>
    private const long MostScoreBytes = 128L << 20;

    /// <summary>The path for a node.</summary>
    public static AttentionPath Choose(AttentionNode node, DeviceCapabilities device)
    {
        AttentionSizes sizes = SizesOf(node);
        bool isAligned = sizes.HeadChannels % 8 == 0 && IsAligned(node.Query) && IsAligned(node.Key) && IsAligned(node.Value);
        if (device.Type != DType.Float32 && device.Architecture >= Attention.FlashArchitecture && isAligned && sizes.HeadChannels <= Attention.WidestFlashHead)
        {
            return AttentionPath.Flash;
        }

        bool isLarge = (long)sizes.Queries * sizes.Keys >= MostPlainPairs;
        bool isWide = sizes.HeadChannels > Attention.WidestFlashHead;
        return sizes.HeadChannels > Attention.WidestPlainHead || ((isLarge || isWide) && (isAligned || device.Type == DType.Float32))
            ? AttentionPath.Products
            : AttentionPath.Plain;
    }

    /// <summary>A node's sizes.</summary>
    public static AttentionSizes SizesOf(AttentionNode node) => new(
        node.Query.Batch, node.Query.Positions, node.Key.Positions, node.Heads, node.Query.Channels / node.Heads, node.Causal);

    /// <summary>Queries whose scores, of all heads, are held at a time.</summary>
    public static int QueriesAtATime(AttentionSizes sizes)
    {
        long bytesOfQuery = (long)sizes.Heads * sizes.Keys * sizeof(float);
        long most = Math.Max(1, MostScoreBytes / bytesOfQuery);
        return (int)Math.Min(sizes.Queries, most >= 64 ? most / 64 * 64 : most);
    }

    /// <summary>Whether a value's rows can be read eight elements at a time.</summary>
    public static bool IsAligned(Value value)
    {
        int start = 0;
        while (value.Producer is SliceNode slice)
        {
            start += slice.Start;
            value = slice.Source;
        }

        return start % 8 == 0 && value.Channels % 8 == 0;
    }
}

using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of Attention.cu; the algorithms stand there.</summary>
internal static class Attention
{
    /// <summary>The widest head that the flash kernel holds in registers.</summary>
    public const int WidestFlashHead = 128;

    /// <summary>The widest head of the plain kernel.</summary>
    public const int WidestPlainHead = 512;

    private const int QueriesOfWarp = 16;
    private const int Keys = 64;

    /// <summary>Up to this many keys, as those of a text (77), pass in one tile.</summary>
    private const int MostKeysOfOneTile = 80;

    private const int FlashWarps = 8;
    private const int FlashWarpsOfOneTile = 4;
    private const int PlainWarps = 4;
    private const int SoftmaxBlock = 512;

    /// <summary>mma.m16n8k16, cp.async and bfloat16 begin with Ampere.</summary>
    public const int FlashArchitecture = 80;

    private static readonly KernelDefinition FlashKernel = new("Attention.cu", "flash_attention");
    private static readonly KernelDefinition PlainKernel = new("Attention.cu", "plain_attention");
    private static readonly KernelDefinition SoftmaxKernel = new("Attention.cu", "softmax_rows");

    /// <summary>All of it in one kernel.</summary>
    public static KernelLaunch Flash(KernelCache kernels, AttentionSizes sizes, DeviceMatrix q, DeviceMatrix k, DeviceMatrix v, DeviceMatrix result)
    {
        int depth = (sizes.HeadChannels + 15) / 16 * 16;
        bool isOneTile = sizes.Keys <= MostKeysOfOneTile && (sizes.Keys + 15) / 16 * 16 != Keys;
        int tile = isOneTile ? (sizes.Keys + 15) / 16 * 16 : Keys;
        int warps = isOneTile ? FlashWarpsOfOneTile : FlashWarps;
        int queries = warps * QueriesOfWarp;
        int sharedBytes = (queries + ((sizes.Keys <= tile ? 2 : 4) * tile)) * (depth + 8) * sizeof(ushort);
        float scale = (float)(Math.Log2(Math.E) / Math.Sqrt(sizes.HeadChannels));
        return new KernelLaunch(
            kernels.Get(FlashKernel, new KernelVariant(q.Type, 1, depth, tile)),
            ((sizes.Queries + queries - 1) / queries, sizes.Heads, sizes.Batch), warps * 32, sharedBytes,
            [.. Pointers(q, k, v, result), sizes.Queries, sizes.Keys, sizes.HeadChannels, scale, sizes.IsCausal ? 1 : 0]);
    }

    /// <summary>One warp a query; for small or odd sizes.</summary>
    public static KernelLaunch Plain(KernelCache kernels, AttentionSizes sizes, DeviceMatrix q, DeviceMatrix k, DeviceMatrix v, DeviceMatrix result) =>
        new(kernels.Get(PlainKernel, new KernelVariant(q.Type)),
            ((sizes.Queries + PlainWarps - 1) / PlainWarps, sizes.Heads, sizes.Batch), PlainWarps * 32, 0,
            [.. Pointers(q, k, v, result), sizes.Queries, sizes.Keys, sizes.HeadChannels, (float)(1 / Math.Sqrt(sizes.HeadChannels)), sizes.IsCausal ? 1 : 0]);

    /// <summary>Softmax of rows of single-precision products, for attention by products.</summary>
    public static KernelLaunch Softmax(KernelCache kernels, nint scores, nint weights, DType type, AttentionSizes sizes, int firstQuery, int queries) =>
        new(kernels.Get(SoftmaxKernel, new KernelVariant(type)), ((long)sizes.Heads * queries, 1, 1), SoftmaxBlock, 0,
            scores, weights, sizes.Keys, (float)(1 / Math.Sqrt(sizes.HeadChannels)), sizes.IsCausal ? 1 : 0, firstQuery, queries);

    private static KernelArgument[] Pointers(DeviceMatrix q, DeviceMatrix k, DeviceMatrix v, DeviceMatrix o) =>
        [q.Pointer, q.RowStride, k.Pointer, k.RowStride, v.Pointer, v.RowStride, o.Pointer, o.RowStride];
}

/// <summary>The sizes of an attention.</summary>
internal readonly record struct AttentionSizes(int Batch, int Queries, int Keys, int Heads, int HeadChannels, bool IsCausal);

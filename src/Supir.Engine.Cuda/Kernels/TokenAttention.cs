using System.Numerics;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of TokenAttention.cu: the attention of one token to all rows so far, with what comes before it.</summary>
internal static class TokenAttention
{
    private const int Block = 256;
    private const int WarpThreads = 32;
    private const int Warps = Block / WarpThreads;

    /// <summary>Bytes of keys and values that a thread has on the way: two turns of two keys, a pack of 16 bytes each.</summary>
    private const int ComingBytes = 2 * 2 * 2 * 16;

    /// <summary>Blocks that keep the memory busy, over all heads; three fit on each of a large GPU's 132 multiprocessors.</summary>
    private const int UsualBlocks = 320;

    private static readonly KernelDefinition Kernel = new("TokenAttention.cu", "attention_step");

    /// <summary>Whether whole packs of a head fit to the threads of a warp.</summary>
    public static bool Fits(State state, DType type)
    {
        int widest = KernelVariant.WidestVector(type);
        int lanes = state.HeadChannels / widest;
        return state.HeadChannels % widest == 0 && lanes is >= 2 and <= WarpThreads && BitOperations.IsPow2(lanes);
    }

    /// <summary>Blocks that share a head's rows.</summary>
    public static int Parts(State state) => Math.Max(1, UsualBlocks / state.Heads);

    /// <summary>Bytes of the blocks' partial results.</summary>
    public static long PartialBytes(State state) => (long)state.Heads * Parts(state) * (state.HeadChannels + 2) * sizeof(float);

    /// <summary>Turns q and k, appends k and v, and attends.</summary>
    /// <param name="kernels">Where kernels come from.</param>
    /// <param name="device">The GPU.</param>
    /// <param name="stacked">q, then k, as they come out of their product.</param>
    /// <param name="values">v.</param>
    /// <param name="place">The token's place.</param>
    /// <param name="frequencies">Of the rotary embedding.</param>
    /// <param name="state">The sizes of both states.</param>
    /// <param name="memory">The rows of keys, and those of values.</param>
    /// <param name="partial">Memory for partial results.</param>
    /// <param name="finished">A zeroed counter for each head.</param>
    /// <param name="result">The result.</param>
    public static KernelLaunch Attend(
        KernelCache kernels, CudaDevice device, DeviceMatrix stacked, DeviceMatrix values, DeviceMatrix place, nint frequencies, State state,
        (nint Keys, nint Values) memory, nint partial, nint finished, DeviceMatrix result)
    {
        int depth = state.HeadChannels;
        return new KernelLaunch(
            kernels.Get(Kernel, new KernelVariant(result.Type, KernelVariant.WidestVector(result.Type))), (state.Heads, Parts(state), 1), Block,
            (Block * ComingBytes) + ((depth + (Warps * (depth + 2))) * sizeof(float)),
            stacked.Pointer, stacked.Slice(state.Channels, state.Channels).Pointer, values.Pointer, place.Pointer, place.Type == DType.Float32 ? 1 : 0,
            frequencies, memory.Keys, memory.Values, result.Pointer, state.Positions, depth, 1f / MathF.Sqrt(depth), partial, finished)
        {
            Overlaps = device.OverlapsKernels,
        };
    }
}

using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>What a thread needs for a product: a finished tile, a widened panel, and what the operation itself adds.</summary>
internal readonly unsafe ref struct ProductScratch(byte* start)
{
    private static readonly long TileBytes = AlignedMemory.Align((long)TileKernel.MaxRows * TileKernel.Columns * sizeof(float));

    /// <summary>[rows][32].</summary>
    public float* Tile => (float*)start;

    /// <summary>[depth][32].</summary>
    public float* Panel => (float*)(start + TileBytes);

    /// <summary>Bytes of tile and panel; what comes after is the operation's own.</summary>
    public static long Bytes(int depth) =>
        TileBytes + AlignedMemory.Align((long)depth * TileKernel.Columns * sizeof(float));
}

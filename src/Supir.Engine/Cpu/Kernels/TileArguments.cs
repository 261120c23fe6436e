namespace Supir.Engine.Cpu.Kernels;

/// <summary>What the tiles of one product share; see the micro-kernels for the formula.</summary>
internal unsafe struct TileArguments
{
    /// <summary>Byte offsets into A, one a segment: the taps of a convolution, or a single 0.</summary>
    public nint* Segments;

    /// <summary>How many segments.</summary>
    public nint SegmentCount;

    /// <summary>Depth of each segment.</summary>
    public nint Count;

    /// <summary>Bytes from a row of A to the next.</summary>
    public nint RowStride;

    /// <summary>Bytes from an element of a row of A to the next: 4, or the stride of a transposed matrix.</summary>
    public nint DepthStride;

    /// <summary>Elements from a row of B to the next.</summary>
    public nint StrideB;

    /// <summary>Elements from the first sixteen columns of B to the others, for the kernel that takes them one after the other.</summary>
    public nint HalvesOfB;

    /// <summary>Elements from a row of C to the next.</summary>
    public nint StrideC;

    /// <summary>Bytes of the rows behind the tile's that are brought near at each step of the depth: the processor's own prefetching ends with
    /// each page of 4 kB. 0 for none.</summary>
    public nint NextStep;

    /// <summary>Whether to add to what C holds, or to overwrite it.</summary>
    public bool Accumulate;
}

namespace Supir.Engine.Weights;

/// <summary>Where the bytes of a weight lie. A backend pins it while it packs the weight for its kernels, then lets go.</summary>
/// <remarks>A memory-mapped file hands out an address and drops its pages afterwards; a synthetic weight is computed when it is pinned.</remarks>
public abstract class WeightStorage
{
    /// <summary>Makes the bytes readable and returns their address, which holds until <see cref="Unpin"/>.</summary>
    /// <remarks>May be called by several threads; calls nest.</remarks>
    public abstract nint Pin();

    /// <summary>Ends one <see cref="Pin"/>; after the last, the memory may be taken back by the system.</summary>
    public abstract void Unpin();
}

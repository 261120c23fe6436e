namespace Supir.Engine.Weights;

/// <summary>Where the bytes of a weight lie. A backend pins it while it reads it, then lets go.</summary>
/// <remarks>A memory-mapped file hands out an address and drops its pages afterwards; a synthetic weight is computed when it is pinned.</remarks>
public abstract class WeightStorage
{
    /// <summary>Whether a pinned weight takes no memory but that where it lies, so that it may stay pinned for as long as it is used.</summary>
    public virtual bool StaysInPlace => false;

    /// <summary>Makes the bytes readable and returns their address, which holds until <see cref="Unpin"/>.</summary>
    /// <remarks>May be called by several threads; calls nest.</remarks>
    public abstract nint Pin();

    /// <summary>Ends one <see cref="Pin"/>; after the last, the memory may be taken back by the system.</summary>
    public abstract void Unpin();
}

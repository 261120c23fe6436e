using Supir.Engine.Cpu.Memory;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>Bytes of a weight inside a mapped file. They need not be aligned to their element size: the format asks for no padding.</summary>
internal sealed class MappedWeightStorage : WeightStorage
{
    /// <summary>Taking pages out interrupts every processor that may know of them; the biases and norms of a whole model are a few megabytes.</summary>
    private const int LeastBytesToDrop = 128 << 10;

    private readonly FileMapping _mapping;
    private readonly long _offset;
    private readonly long _byteCount;
    private int _pins;

    /// <summary>The bytes from <paramref name="offset"/> on, which must lie inside the file.</summary>
    public MappedWeightStorage(FileMapping mapping, long offset, long byteCount)
    {
        _mapping = mapping;
        _offset = offset;
        _byteCount = byteCount;
    }

    /// <inheritdoc/>
    public override bool StaysInPlace => true;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public override nint Pin()
    {
        nint start = _mapping.Acquire();
        Interlocked.Increment(ref _pins);
        return start + (nint)_offset;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was not pinned.</exception>
    public override void Unpin()
    {
        int left = Interlocked.Decrement(ref _pins);
        if (left < 0)
        {
            Interlocked.Increment(ref _pins);
            throw new InvalidOperationException("The weight is not pinned.");
        }

        // The pin that ends here still holds the mapping. Should another thread pin meanwhile, its pages come back from the file.
        if (left == 0 && _byteCount >= LeastBytesToDrop)
        {
            nint start = _mapping.Acquire();
            KernelAdvice.DropPages(start + (nint)_offset, _byteCount);
            _mapping.Release();
        }

        _mapping.Release();
    }
}

using System.Runtime.InteropServices;

namespace Supir.Engine.Cpu.Memory;

/// <summary>A block of native memory at a 64-byte boundary, a cache line and a 512-bit vector; a large one at a huge page's.</summary>
public sealed unsafe class AlignedMemory : SafeHandle
{
    /// <summary>The boundary, in bytes.</summary>
    public const int Alignment = 64;

    private readonly bool _isOfPages;

    /// <summary>Takes a block; its content is undefined.</summary>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public AlignedMemory(long bytes)
        : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        nint pages = bytes >= KernelAdvice.HugePageBytes ? SystemPages.Take(bytes) : 0;
        _isOfPages = pages != 0;
        SetHandle(_isOfPages ? pages : (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, Alignment), Alignment));
    }

    /// <summary>The length of the block.</summary>
    public long Bytes { get; }

    /// <summary>The first byte.</summary>
    public byte* Pointer => (byte*)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Rounds a number of bytes up to the boundary.</summary>
    public static long Align(long bytes) => (bytes + Alignment - 1) & ~(long)(Alignment - 1);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (_isOfPages)
        {
            SystemPages.GiveBack(handle, Bytes);
        }
        else
        {
            NativeMemory.AlignedFree((void*)handle);
        }

        return true;
    }
}

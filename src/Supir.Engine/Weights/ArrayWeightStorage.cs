using System.Runtime.InteropServices;

namespace Supir.Engine.Weights;

/// <summary>Bytes in a managed array, for small weights that a program makes itself.</summary>
internal sealed class ArrayWeightStorage : WeightStorage
{
    private readonly byte[] _bytes;

    public ArrayWeightStorage(ReadOnlySpan<byte> bytes)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(_bytes);
    }

    public override bool StaysInPlace => true;

    public override nint Pin() => Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);

    public override void Unpin()
    {
        // The array lives on the pinned heap for as long as this object does.
    }
}

namespace Supir.Engine.Cuda.Runtime;

/// <summary>Rows of numbers on the GPU, which may be a part of wider rows.</summary>
/// <param name="Pointer">The first element.</param>
/// <param name="RowStride">Elements from one row to the next.</param>
/// <param name="Channels">Elements of a row.</param>
/// <param name="Type">Their format.</param>
internal readonly record struct DeviceMatrix(nint Pointer, int RowStride, int Channels, DType Type)
{
    /// <summary>Nothing: kernels take a null pointer for what is not there.</summary>
    public static DeviceMatrix None { get; }

    /// <summary>The channels from one on.</summary>
    public DeviceMatrix Slice(int start, int count) =>
        this with { Pointer = Pointer + ((nint)start * Type.SizeInBytes), Channels = count };

    /// <summary>The rows from one on; nothing of nothing.</summary>
    public DeviceMatrix From(int row) => Pointer == 0 ? this : this with { Pointer = Pointer + (nint)((long)row * RowStride * Type.SizeInBytes) };

    /// <summary>Bytes from the first element of the first row to the last of the last.</summary>
    public long BytesOf(int rows) => ((((long)rows - 1) * RowStride) + Channels) * Type.SizeInBytes;

    /// <summary>Whether rows can be read 16 bytes at a time.</summary>
    public bool IsAligned
    {
        get
        {
            int width = KernelVariant.WidestVector(Type);
            return Pointer == 0 || (Pointer % 16 == 0 && RowStride % width == 0 && Channels % width == 0);
        }
    }
}

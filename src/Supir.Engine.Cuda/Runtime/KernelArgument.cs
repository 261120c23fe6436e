namespace Supir.Engine.Cuda.Runtime;

/// <summary>An argument of a kernel: a pointer, a whole number or a single; a kernel reads as many low bytes as its parameter has.</summary>
internal readonly struct KernelArgument
{
    private KernelArgument(ulong bits) => Bits = bits;

    /// <summary>The bytes, little-endian.</summary>
    public ulong Bits { get; }

    public static implicit operator KernelArgument(nint pointer) => new((ulong)pointer);

    public static implicit operator KernelArgument(int number) => new((uint)number);

    public static implicit operator KernelArgument(float number) => new(BitConverter.SingleToUInt32Bits(number));
}

using System.Runtime.InteropServices;

namespace Supir.Engine.Cuda.Interop;

/// <summary>CUlaunchConfig of cuda.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CudaLaunchConfiguration
{
    public uint GridX;
    public uint GridY;
    public uint GridZ;
    public uint BlockX;
    public uint BlockY;
    public uint BlockZ;
    public uint SharedBytes;
    public nint Stream;
    public CudaLaunchAttribute* Attributes;
    public uint AttributeCount;
}

/// <summary>CUlaunchAttribute of cuda.h, with a value that is a whole number.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct CudaLaunchAttribute
{
    /// <summary>CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION: the kernel may begin before the one in front of it is over.</summary>
    public const uint ProgrammaticStreamSerialization = 6;

    [FieldOffset(0)]
    public uint Id;

    [FieldOffset(8)]
    public int Value;
}

using System.Runtime.CompilerServices;
using Supir.Engine.Cuda.Interop;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>A kernel with its grid and arguments: all that a launch needs, fixed when a plan is made.</summary>
internal sealed unsafe class KernelLaunch
{
    private const int MostArguments = 32;
    private const int SharedBytesWithoutAsking = 48 * 1024;

    private readonly nint _function;
    private readonly (uint X, uint Y, uint Z) _grid;
    private readonly uint _block;
    private readonly uint _sharedBytes;
    private readonly ulong[] _arguments;

    /// <summary>Whether the kernel may begin before the one in front of it is over: it waits by itself before it touches what that one does.</summary>
    public bool Overlaps { get; init; }

    /// <summary>Fixes a launch.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="grid">Blocks.</param>
    /// <param name="block">Threads of a block.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a block.</param>
    /// <param name="arguments">The kernel's arguments, in order.</param>
    public KernelLaunch(nint function, (long X, long Y, long Z) grid, int block, int sharedBytes, params ReadOnlySpan<KernelArgument> arguments)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arguments.Length, MostArguments);
        _function = function;
        _grid = (checked((uint)grid.X), checked((uint)grid.Y), checked((uint)grid.Z));
        _block = (uint)block;
        _sharedBytes = (uint)sharedBytes;
        _arguments = GC.AllocateArray<ulong>(Math.Max(1, arguments.Length), pinned: true);
        for (int i = 0; i < arguments.Length; i++)
        {
            _arguments[i] = arguments[i].Bits;
        }

        if (sharedBytes > SharedBytesWithoutAsking)
        {
            CudaDriver.cuFuncSetAttribute(function, CudaFunctionAttribute.MaxDynamicSharedSizeBytes, sharedBytes).ThrowOnError();
        }
    }

    /// <summary>Puts the kernel on a stream.</summary>
    public void Run(nint stream)
    {
        void** pointers = stackalloc void*[MostArguments];
        ulong* first = (ulong*)Unsafe.AsPointer(ref _arguments[0]); // on the pinned heap
        for (int i = 0; i < _arguments.Length; i++)
        {
            pointers[i] = first + i;
        }

        if (Overlaps)
        {
            CudaLaunchAttribute overlap = new() { Id = CudaLaunchAttribute.ProgrammaticStreamSerialization, Value = 1 };
            CudaLaunchConfiguration configuration = new()
            {
                GridX = _grid.X,
                GridY = _grid.Y,
                GridZ = _grid.Z,
                BlockX = _block,
                BlockY = 1,
                BlockZ = 1,
                SharedBytes = _sharedBytes,
                Stream = stream,
                Attributes = &overlap,
                AttributeCount = 1,
            };
            CudaDriver.cuLaunchKernelEx(&configuration, _function, pointers, null).ThrowOnError();
            return;
        }

        CudaDriver.cuLaunchKernel(_function, _grid.X, _grid.Y, _grid.Z, _block, 1, 1, _sharedBytes, stream, pointers, null).ThrowOnError();
    }
}

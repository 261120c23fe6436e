using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Supir.Engine.Cuda.Interop;

/// <summary>The functions of cuBLASLt that we call, spelt as in cublasLt.h; 0 is success everywhere.</summary>
internal static unsafe partial class CublasLt
{
    /// <summary>The name under which <see cref="NativeLibraries"/> resolves this library.</summary>
    public const string Library = "cublasLt";

    [LibraryImport(Library)]
    internal static partial nuint cublasLtGetVersion();

    [LibraryImport(Library)]
    internal static partial int cublasLtCreate(out nint handle);

    [LibraryImport(Library)]
    internal static partial int cublasLtDestroy(nint handle);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulDescCreate(out nint description, CublasComputeType compute, CudaDataType scale);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulDescDestroy(nint description);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulDescSetAttribute(nint description, MatmulAttribute attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatrixLayoutCreate(out nint layout, CudaDataType type, ulong rows, ulong columns, long leadingDimension);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatrixLayoutDestroy(nint layout);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatrixLayoutSetAttribute(nint layout, LayoutAttribute attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulPreferenceCreate(out nint preference);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulPreferenceDestroy(nint preference);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulPreferenceSetAttribute(nint preference, PreferenceAttribute attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulAlgoGetHeuristic(
        nint handle, nint operation, nint a, nint b, nint c, nint d, nint preference, int requested, MatmulHeuristic* results, out int count);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmul(
        nint handle, nint operation, float* alpha, nint a, nint layoutA, nint b, nint layoutB, float* beta, nint c, nint layoutC,
        nint d, nint layoutD, MatmulAlgorithm* algorithm, nint workspace, nuint workspaceBytes, nint stream);

    /// <summary>cublasLtMatmulAlgo_t: opaque.</summary>
    [InlineArray(8)]
    internal struct MatmulAlgorithm
    {
        private ulong _first;
    }

    /// <summary>cublasLtMatmulHeuristicResult_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MatmulHeuristic
    {
        public MatmulAlgorithm Algorithm;
        public nuint WorkspaceBytes;
        public int State;
        public float WavesCount;
        public int Reserved0;
        public int Reserved1;
        public int Reserved2;
        public int Reserved3;
    }

    /// <summary>cublasLtMatmulDescAttributes_t.</summary>
    internal enum MatmulAttribute
    {
        TransA = 3,
        TransB = 4,
        Epilogue = 7,
        BiasPointer = 8,
        AScalePointer = 17,
        BScalePointer = 18,
        FastAccumulation = 25,
        BiasType = 26,
        AScaleMode = 31,
        BScaleMode = 32,
    }

    /// <summary>cublasLtMatrixLayoutAttribute_t.</summary>
    internal enum LayoutAttribute
    {
        BatchCount = 5,
        StridedBatchOffset = 6,
    }

    /// <summary>cublasLtMatmulPreferenceAttributes_t.</summary>
    internal enum PreferenceAttribute
    {
        MaxWorkspaceBytes = 1,
        MinAlignmentA = 5,
        MinAlignmentB = 6,
        MinAlignmentC = 7,
        MinAlignmentD = 8,
    }
}

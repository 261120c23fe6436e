using System.Runtime.InteropServices;

namespace Supir.Engine.Cuda.Interop;

/// <summary>The functions of cuDNN's graph interface that we call, spelt as in cudnn_graph.h; 0 is success everywhere.</summary>
internal static unsafe partial class CudnnLibrary
{
    /// <summary>The name under which <see cref="NativeLibraries"/> resolves this library.</summary>
    public const string Library = "cudnn";

    [LibraryImport(Library)]
    internal static partial nuint cudnnGetVersion();

    [LibraryImport(Library)]
    internal static partial int cudnnCreate(out nint handle);

    [LibraryImport(Library)]
    internal static partial int cudnnDestroy(nint handle);

    [LibraryImport(Library)]
    internal static partial int cudnnSetStream(nint handle, nint stream);

    [LibraryImport(Library)]
    internal static partial void cudnnGetLastErrorString(byte* message, nuint maxBytes);

    [LibraryImport(Library)]
    internal static partial int cudnnBackendCreateDescriptor(CudnnDescriptorType type, out nint descriptor);

    [LibraryImport(Library)]
    internal static partial int cudnnBackendDestroyDescriptor(nint descriptor);

    [LibraryImport(Library)]
    internal static partial int cudnnBackendSetAttribute(nint descriptor, CudnnAttribute name, CudnnAttributeType type, long count, void* elements);

    [LibraryImport(Library)]
    internal static partial int cudnnBackendGetAttribute(
        nint descriptor, CudnnAttribute name, CudnnAttributeType type, long requested, out long count, void* elements);

    [LibraryImport(Library)]
    internal static partial int cudnnBackendFinalize(nint descriptor);

    [LibraryImport(Library)]
    internal static partial int cudnnBackendExecute(nint handle, nint plan, nint variantPack);
}

/// <summary>cudnnBackendDescriptorType_t.</summary>
internal enum CudnnDescriptorType
{
    Pointwise = 0,
    Convolution = 1,
    EngineConfiguration = 3,
    EngineHeuristics = 4,
    ExecutionPlan = 5,
    ConvolutionForward = 10,
    PointwiseOperation = 13,
    OperationGraph = 15,
    VariantPack = 16,
    Tensor = 17,
    AttentionForward = 41,
}

/// <summary>cudnnBackendAttributeType_t.</summary>
internal enum CudnnAttributeType
{
    Handle = 0,
    DataType = 1,
    Boolean = 2,
    Int64 = 3,
    Float = 4,
    Pointer = 6,
    ConvolutionMode = 7,
    HeuristicsMode = 8,
    PointwiseMode = 14,
    Descriptor = 15,
}

/// <summary>cudnnBackendAttributeName_t.</summary>
internal enum CudnnAttribute
{
    PointwiseMode = 0,
    PointwisePrecision = 1,
    ConvolutionPrecision = 100,
    ConvolutionMode = 101,
    ConvolutionDilations = 102,
    ConvolutionStrides = 103,
    ConvolutionPaddingAfter = 104,
    ConvolutionPaddingBefore = 105,
    ConvolutionSpatialAxes = 106,
    HeuristicsMode = 200,
    HeuristicsGraph = 201,
    HeuristicsResults = 202,
    PlanHandle = 400,
    PlanConfiguration = 401,
    PlanWorkspaceBytes = 402,
    ForwardAlpha = 700,
    ForwardBeta = 701,
    ForwardConvolution = 702,
    ForwardWeights = 703,
    ForwardSource = 704,
    ForwardResult = 705,
    OperationPointwise = 750,
    OperationFirst = 751,
    OperationSecond = 752,
    OperationResult = 753,
    GraphHandle = 800,
    GraphOperations = 801,
    TensorAlignment = 900,
    TensorType = 901,
    TensorLengths = 902,
    TensorStrides = 903,
    TensorId = 906,
    TensorIsVirtual = 907,
    TensorIsByValue = 908,
    PackIds = 1000,
    PackPointers = 1001,
    PackWorkspace = 1003,
    AttentionQuery = 2800,
    AttentionKey = 2801,
    AttentionValue = 2802,
    AttentionResult = 2803,
    AttentionScale = 2805,
}

using Supir.Engine.Cuda.Interop;
using static Supir.Engine.Cuda.Interop.CublasLt;

namespace Supir.Engine.Cuda.Operations;

/// <summary>A matrix product described to cuBLASLt, with the algorithm that was chosen.</summary>
/// <remarks>cuBLASLt counts in columns: our y = x Wᵀ, row by row, is its D = op(A) B with A = W, B = x, D = y, and the bias of an
/// output channel is the bias of a row of D. The residual is C with beta = 1.</remarks>
internal sealed unsafe class Product : IDisposable
{
    private const int Transposed = 1;
    private const int EpilogueBias = 4;

    /// <summary>CUBLASLT_MATMUL_MATRIX_SCALE_OUTER_VEC_32F.</summary>
    private const int ScaleOfEachRow = 3;

    private readonly nint _handle;
    private readonly nint _operation;
    private readonly nint _a;
    private readonly nint _b;
    private readonly nint _c;
    private readonly nint _d;
    private readonly bool _addsResidual;

    /// <summary>Describes a product; bias and scales are fixed with it.</summary>
    public Product(nint handle, ProductSizes sizes, ProductOperands operands)
    {
        _handle = handle;
        Sizes = sizes;
        _addsResidual = sizes.ResidualStride > 0;
        Check(cublasLtMatmulDescCreate(out _operation, CublasComputeType.Float32, CudaDataType.Float32));
        if (!sizes.WeightIsByDepth)
        {
            Set(MatmulAttribute.TransA, Transposed);
        }

        if (sizes.HasBias)
        {
            Set(MatmulAttribute.Epilogue, EpilogueBias);
            SetPointer(MatmulAttribute.BiasPointer, operands.Bias);
            Set(MatmulAttribute.BiasType, (int)CudaDataTypes.Of(sizes.ResultType));
        }

        if (sizes.Type == DType.Float8E4M3)
        {
            byte yes = 1;
            Check(cublasLtMatmulDescSetAttribute(_operation, MatmulAttribute.FastAccumulation, &yes, sizeof(byte)));
        }

        if (sizes.HasVectorScales)
        {
            Set(MatmulAttribute.AScaleMode, ScaleOfEachRow);
            Set(MatmulAttribute.BScaleMode, ScaleOfEachRow);
            SetPointer(MatmulAttribute.AScalePointer, operands.WeightScales);
            SetPointer(MatmulAttribute.BScalePointer, operands.SourceScales);
        }

        CudaDataType type = CudaDataTypes.Of(sizes.Type);
        (int aRows, int aColumns) = sizes.WeightIsByDepth ? (sizes.Columns, sizes.Depth) : (sizes.Depth, sizes.Columns);
        _a = Layout(type, aRows, aColumns, sizes.WeightStride, sizes.WeightStep);
        _b = Layout(type, sizes.Depth, sizes.Rows, sizes.SourceStride, sizes.SourceStep);
        CudaDataType result = CudaDataTypes.Of(sizes.ResultType);
        _c = Layout(result, sizes.Columns, sizes.Rows, _addsResidual ? sizes.ResidualStride : sizes.ResultStride, sizes.ResultStep);
        _d = Layout(result, sizes.Columns, sizes.Rows, sizes.ResultStride, sizes.ResultStep);
    }

    /// <summary>The sizes.</summary>
    public ProductSizes Sizes { get; }

    /// <summary>The algorithm, as cuBLASLt's opaque words.</summary>
    public MatmulAlgorithm Algorithm { get; set; }

    /// <summary>What the algorithm needs beside the operands.</summary>
    public long WorkspaceBytes { get; set; }

    /// <summary>The algorithms that cuBLASLt thinks best, the best first; empty where it knows none for these sizes.</summary>
    public MatmulHeuristic[] Suggestions(int count, long mostWorkspaceBytes)
    {
        Check(cublasLtMatmulPreferenceCreate(out nint preference));
        try
        {
            nuint workspace = (nuint)mostWorkspaceBytes;
            Check(cublasLtMatmulPreferenceSetAttribute(preference, PreferenceAttribute.MaxWorkspaceBytes, &workspace, (nuint)sizeof(nuint)));
            uint alignment = (uint)Sizes.Alignment;
            for (PreferenceAttribute attribute = PreferenceAttribute.MinAlignmentA; attribute <= PreferenceAttribute.MinAlignmentD; attribute++)
            {
                Check(cublasLtMatmulPreferenceSetAttribute(preference, attribute, &alignment, sizeof(uint)));
            }

            MatmulHeuristic[] results = new MatmulHeuristic[count];
            fixed (MatmulHeuristic* first = results)
            {
                int status = cublasLtMatmulAlgoGetHeuristic(_handle, _operation, _a, _b, _c, _d, preference, count, first, out int found);
                return status == 0 ? [.. results[..found].Where(result => result.State == 0)] : [];
            }
        }
        finally
        {
            _ = cublasLtMatmulPreferenceDestroy(preference);
        }
    }

    /// <summary>Puts the product on a stream; returns cuBLASLt's status.</summary>
    public int TryRun(ProductOperands operands, nint workspace, nint stream)
    {
        float alpha = Sizes.Factor;
        float beta = _addsResidual ? 1 : 0;
        MatmulAlgorithm algorithm = Algorithm;
        return cublasLtMatmul(
            _handle, _operation, &alpha, operands.Weights, _a, operands.X, _b, &beta, _addsResidual ? operands.Residual : operands.Y, _c,
            operands.Y, _d, &algorithm, workspace, (nuint)WorkspaceBytes, stream);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = cublasLtMatmulDescDestroy(_operation);
        foreach (nint layout in (ReadOnlySpan<nint>)[_a, _b, _c, _d])
        {
            _ = cublasLtMatrixLayoutDestroy(layout);
        }
    }

    private static void Check(int status)
    {
        if (status != 0)
        {
            throw new DeviceException($"cuBLASLt refuses the description of a matrix product: status {status}.");
        }
    }

    private void Set(MatmulAttribute attribute, int value) =>
        Check(cublasLtMatmulDescSetAttribute(_operation, attribute, &value, sizeof(int)));

    private void SetPointer(MatmulAttribute attribute, nint value) =>
        Check(cublasLtMatmulDescSetAttribute(_operation, attribute, &value, (nuint)sizeof(nint)));

    private nint Layout(CudaDataType type, int rows, int columns, int stride, long step)
    {
        Check(cublasLtMatrixLayoutCreate(out nint layout, type, (ulong)rows, (ulong)columns, stride));
        if (Sizes.Batch > 1)
        {
            int batch = Sizes.Batch;
            Check(cublasLtMatrixLayoutSetAttribute(layout, LayoutAttribute.BatchCount, &batch, sizeof(int)));
            Check(cublasLtMatrixLayoutSetAttribute(layout, LayoutAttribute.StridedBatchOffset, &step, sizeof(long)));
        }

        return layout;
    }
}

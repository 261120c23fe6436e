namespace Supir.Engine.Cuda.Interop;

/// <summary>cudaDataType_t of library_types.h.</summary>
internal enum CudaDataType
{
    Float32 = 0,
    Float16 = 2,
    BFloat16 = 14,
    Float8E4M3 = 28,
}

/// <summary>cublasComputeType_t of cublas_api.h.</summary>
internal enum CublasComputeType
{
    /// <summary>Sums in single precision; single-precision operands are not rounded to TF32.</summary>
    Float32 = 68,
}

/// <summary>Between our number formats and NVIDIA's.</summary>
internal static class CudaDataTypes
{
    /// <summary>The format that cuBLASLt knows a value's format by.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The format is one of weights only.</exception>
    public static CudaDataType Of(DType type) => type switch
    {
        DType.Float32 => CudaDataType.Float32,
        DType.Float16 => CudaDataType.Float16,
        DType.BFloat16 => CudaDataType.BFloat16,
        DType.Float8E4M3 => CudaDataType.Float8E4M3,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Products take Float32, Float16, BFloat16 or Float8E4M3."),
    };
}

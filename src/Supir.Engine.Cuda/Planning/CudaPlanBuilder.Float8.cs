using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;

namespace Supir.Engine.Cuda.Planning;

/// <summary>Products of 8-bit floats.</summary>
internal sealed partial class CudaPlanBuilder
{
    /// <summary>The largest number in half precision.</summary>
    private const double LargestHalf = 65504;

    /// <summary>The product with its scales where cuBLASLt applies one a row and one a channel; otherwise the bare product, scaled down
    /// so that it cannot overflow, and a kernel that does the rest.</summary>
    private IEnumerable<CudaOperation> Float8Product(
        DeviceMatrix source, nint sourceScales, int rows, DeviceWeights weights, DeviceMatrix residual, DeviceMatrix target)
    {
        ProductSizes bare = new(rows, target.Channels, source.Channels, DType.Float8E4M3, target.Type)
        {
            SourceStride = source.RowStride,
            WeightStride = source.Channels,
            ResultStride = target.RowStride,
            Alignment = ProductSizes.AlignmentOf(source.Pointer, weights.Matrix, weights.Bias, residual.Pointer, target.Pointer),
        };
        ProductOperands operands = new(source.Pointer, weights.Matrix, weights.Bias, residual.Pointer, target.Pointer)
        {
            WeightScales = weights.Scales,
            SourceScales = sourceScales,
        };
        ProductSizes scaled = bare with { HasBias = weights.Bias != 0, ResidualStride = residual.RowStride, HasVectorScales = true };
        if (services.Products.ScalesByVectors && services.Products.TryCreate(scaled, operands) is Product whole)
        {
            return [new ProductOperation(whole, operands)];
        }

        float factor = (float)Math.Pow(2, Math.Floor(Math.Log2(LargestHalf / (Float8.Largest * Float8.Largest * source.Channels))));
        ProductSizes small = bare with { Factor = factor };
        ProductOperands alone = operands with { Bias = 0, Residual = 0 };
        Product product = services.Products.TryCreate(small, alone)
            ?? throw new DeviceException($"cuBLASLt {ProductTuner.Version} knows no algorithm for {small.Name} in 8-bit floats: run without them.");
        return
        [
            new ProductOperation(product, alone),
            new KernelOperation($"scale {rows}x{target.Channels}", 0, Float8.Scale(_kernels, target, rows, 1 / factor, sourceScales, weights.Scales, weights.Bias, residual)),
        ];
    }
}

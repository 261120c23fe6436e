using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Cudnn;

/// <summary>The description of a convolution of rows of places, with bias and residual, as a graph of cuDNN's.</summary>
/// <remarks>cuDNN names axes N, C, H, W whatever lies where: the strides say that channels are innermost.</remarks>
internal static class CudnnConvolution
{
    private const long Source = 1;
    private const long Weights = 2;
    private const long Result = 3;
    private const long Bias = 4;
    private const long Residual = 5;
    private const long FirstVirtual = 100;
    private const int CrossCorrelation = 1;
    private const int Addition = 0;

    /// <summary>The operations, and the tensors' ids in the order source, weights, result, bias if any, residual if any.</summary>
    /// <remarks>Everything that has to live as long as the plan goes into <paramref name="kept"/>.</remarks>
    public static (CudnnDescriptor[] Operations, long[] TensorIds) Describe(
        ConvolutionSizes sizes, DeviceMatrix source, DeviceMatrix result, bool hasBias, DeviceMatrix residual, List<CudnnDescriptor> kept)
    {
        int type = CudnnDescriptor.DataTypeOf(source.Type);
        long c = source.Channels;
        long k = result.Channels;
        long[] resultLengths = [sizes.Batch, k, sizes.ResultHeight, sizes.ResultWidth];
        CudnnDescriptor x = Keep(Image(Source, type, [sizes.Batch, c, sizes.Height, sizes.Width], source.RowStride));
        CudnnDescriptor w = Keep(CudnnDescriptor.Tensor(
            Weights, type, [k, c, sizes.KernelHeight, sizes.KernelWidth],
            [c * sizes.KernelHeight * sizes.KernelWidth, 1, c * sizes.KernelWidth, c]));

        CudnnDescriptor convolution = Keep(new CudnnDescriptor(CudnnDescriptorType.Convolution));
        convolution.SetNumber(CudnnAttribute.ConvolutionPrecision, CudnnAttributeType.DataType, CudnnDescriptor.Float32);
        convolution.SetNumber(CudnnAttribute.ConvolutionMode, CudnnAttributeType.ConvolutionMode, CrossCorrelation);
        convolution.Set(CudnnAttribute.ConvolutionSpatialAxes, 2);
        convolution.Set(CudnnAttribute.ConvolutionPaddingBefore, sizes.Options.PadTop, sizes.Options.PadLeft);
        convolution.Set(CudnnAttribute.ConvolutionPaddingAfter, sizes.Options.PadBottom, sizes.Options.PadRight);
        convolution.Set(CudnnAttribute.ConvolutionStrides, sizes.Options.Stride, sizes.Options.Stride);
        convolution.Set(CudnnAttribute.ConvolutionDilations, 1, 1);
        convolution.Finish();

        List<CudnnDescriptor> operations = [];
        List<long> ids = [Source, Weights, Result];
        int additions = (hasBias ? 1 : 0) + (residual.Pointer != 0 ? 1 : 0);
        CudnnDescriptor y = Value(0);
        CudnnDescriptor forward = new(CudnnDescriptorType.ConvolutionForward);
        forward.Set(CudnnAttribute.ForwardSource, x);
        forward.Set(CudnnAttribute.ForwardWeights, w);
        forward.Set(CudnnAttribute.ForwardResult, y);
        forward.Set(CudnnAttribute.ForwardConvolution, convolution);
        forward.SetFactor(CudnnAttribute.ForwardAlpha, 1);
        forward.SetFactor(CudnnAttribute.ForwardBeta, 0);
        operations.Add(forward.Finish());

        if (hasBias)
        {
            CudnnDescriptor bias = Keep(CudnnDescriptor.Tensor(Bias, type, [1, k, 1, 1], [k, 1, k, k]));
            ids.Add(Bias);
            y = Add(y, bias, operations.Count);
        }

        if (residual.Pointer != 0)
        {
            CudnnDescriptor addend = Keep(Image(Residual, type, resultLengths, residual.RowStride));
            ids.Add(Residual);
            y = Add(y, addend, operations.Count);
        }

        return ([.. operations], [.. ids]);

        CudnnDescriptor Keep(CudnnDescriptor descriptor)
        {
            kept.Add(descriptor);
            return descriptor;
        }

        // Only what the last operation writes lies in memory; what comes before stays in single precision.
        CudnnDescriptor Value(int index) => Keep(index == additions
            ? Image(Result, type, resultLengths, result.RowStride)
            : CudnnDescriptor.Tensor(FirstVirtual + index, CudnnDescriptor.Float32, resultLengths, StridesOf(resultLengths, k), isVirtual: true));

        CudnnDescriptor Add(CudnnDescriptor first, CudnnDescriptor second, int index)
        {
            CudnnDescriptor addition = Keep(new CudnnDescriptor(CudnnDescriptorType.Pointwise));
            addition.SetNumber(CudnnAttribute.PointwiseMode, CudnnAttributeType.PointwiseMode, Addition);
            addition.SetNumber(CudnnAttribute.PointwisePrecision, CudnnAttributeType.DataType, CudnnDescriptor.Float32);
            addition.Finish();
            CudnnDescriptor sum = Value(index);
            CudnnDescriptor operation = new(CudnnDescriptorType.PointwiseOperation);
            operation.Set(CudnnAttribute.OperationPointwise, addition);
            operation.Set(CudnnAttribute.OperationFirst, first);
            operation.Set(CudnnAttribute.OperationSecond, second);
            operation.Set(CudnnAttribute.OperationResult, sum);
            operations.Add(operation.Finish());
            return sum;
        }
    }

    private static CudnnDescriptor Image(long id, int type, long[] lengths, long rowStride) =>
        CudnnDescriptor.Tensor(id, type, lengths, StridesOf(lengths, rowStride));

    private static long[] StridesOf(long[] lengths, long rowStride) =>
        [lengths[2] * lengths[3] * rowStride, 1, lengths[3] * rowStride, rowStride];
}

using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Cudnn;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Planning;

/// <summary>Matrix products, convolutions and attention.</summary>
internal sealed partial class CudaPlanBuilder
{
    private IEnumerable<CudaOperation> Linear(FusedStep step, Value source, LinearWeights weights)
    {
        DeviceWeights matrix = Matrix(step);
        DeviceMatrix target = TargetOf(step, weights.OutChannels);
        DeviceMatrix residual = CanAddWithin(step) ? ResidualOf(step) : DeviceMatrix.None;
        IEnumerable<CudaOperation> product = layout.FormOf(step) switch
        {
            ProductForm.FourBit or ProductForm.Widened when source.Rows == 1 => [VectorProductOf(step, View(source), matrix, residual, target)],
            ProductForm.Float8 => Float8Product(View(source), ScalesOf(source), source.Rows, matrix, residual, target),
            ProductForm.FourBit or ProductForm.Widened => [Widen(step, ref matrix), Product(View(source), source.Rows, matrix, residual, target)],
            _ => [Product(View(source), source.Rows, matrix, residual, target)],
        };
        foreach (CudaOperation operation in product)
        {
            yield return operation;
        }

        foreach (CudaOperation finish in Finish(step, target))
        {
            yield return finish;
        }
    }

    private IEnumerable<CudaOperation> Convolve(FusedStep step, Conv2dNode node)
    {
        bool usesLibrary = Temporaries.UsesLibrary(layout.Device);
        Value value = node.Source;
        DeviceMatrix source = View(value);
        Conv2dOptions options = node.Options;
        ConvolutionSizes sizes = new(
            value.Batch, value.Height, value.Width, step.Result.Height, step.Result.Width, node.Weights.KernelHeight, node.Weights.KernelWidth, options);
        if (usesLibrary && layout.Locate(step, Temporary.PaddedSource) is not null)
        {
            DeviceMatrix padded = Contiguous(At(step, Temporary.PaddedSource), Temporaries.Padded(source.Channels));
            yield return new KernelOperation($"pad {value.Shape}", 0, Elementwise.Copy(_kernels, source, padded, value.Rows));
            source = padded;
        }

        if (usesLibrary && options.UpsampleNearest2x)
        {
            DeviceMatrix doubled = Contiguous(At(step, Temporary.DoubledSource), source.Channels);
            yield return new KernelOperation($"double {value.Shape}", 0, Elementwise.Upsample(_kernels, source, doubled, value.Height, value.Width, 4 * value.Rows));
            source = doubled;
            sizes = sizes with { Height = 2 * value.Height, Width = 2 * value.Width, Options = options with { UpsampleNearest2x = false } };
        }

        bool isPadded = layout.Locate(step, Temporary.PaddedResult) is not null;
        int outputs = isPadded ? Temporaries.Padded(node.Weights.OutChannels) : node.Weights.OutChannels;
        DeviceWeights matrix = Matrix(step);
        if (layout.FormOf(step) == ProductForm.Widened)
        {
            yield return Widen(step, ref matrix);
        }

        DeviceMatrix target = isPadded ? Contiguous(At(step, Temporary.PaddedResult), outputs) : TargetOf(step, outputs);
        DeviceMatrix residual = CanAddWithin(step) && !isPadded ? ResidualOf(step) : DeviceMatrix.None;
        yield return Convolution(source, sizes, matrix, residual, target, usesLibrary);
        foreach (CudaOperation finish in Finish(step, isPadded ? target.Slice(0, step.Result.Channels) : target))
        {
            yield return finish;
        }
    }

    /// <summary>Widens a step's weights into the arena, where the product then finds them.</summary>
    private KernelOperation Widen(FusedStep step, ref DeviceWeights matrix)
    {
        MatrixKey key = layout.MatrixOf(step);
        nint widened = At(step, Temporary.WidenedWeights);
        KernelLaunch launch = key.IsFourBit
            ? VectorProduct.Widen(_kernels, key, matrix, widened, _type)
            : Kernels.Weights.Widen(_kernels, matrix.Matrix, matrix.Scales, widened, _type, key.PaddedOutputs, key.Depth);
        matrix = matrix with { Matrix = widened };
        return new KernelOperation($"widen {key.PaddedOutputs}x{key.Depth}", 0, launch);
    }

    private CudaOperation Product(DeviceMatrix source, int rows, DeviceWeights weights, DeviceMatrix residual, DeviceMatrix target)
    {
        ProductSizes sizes = new(rows, target.Channels, source.Channels, source.Type, target.Type)
        {
            SourceStride = source.RowStride,
            WeightStride = source.Channels,
            ResultStride = target.RowStride,
            ResidualStride = residual.RowStride,
            HasBias = weights.Bias != 0,
            Alignment = ProductSizes.AlignmentOf(source.Pointer, weights.Matrix, weights.Bias, residual.Pointer, target.Pointer),
        };
        ProductOperands operands = new(source.Pointer, weights.Matrix, weights.Bias, residual.Pointer, target.Pointer);
        Product? product = services.Products.TryCreate(sizes, operands);
        return product is not null
            ? new ProductOperation(product, operands)
            : new KernelOperation(
                $"{sizes.Name} plain", sizes.Flops, Kernels.Convolution.Launch(_kernels, source, ConvolutionSizes.OfRows(rows), weights.Matrix, weights.Bias, residual, target));
    }

    private CudaOperation Convolution(
        DeviceMatrix source, ConvolutionSizes sizes, DeviceWeights weights, DeviceMatrix residual, DeviceMatrix target, bool usesLibrary)
    {
        string name = $"conv {sizes.KernelHeight}x{sizes.KernelWidth}/{sizes.Options.Stride} {sizes.Batch}x{sizes.ResultHeight}x{sizes.ResultWidth} {source.Channels}->{target.Channels}{(residual.Pointer == 0 ? "" : " +residual")}";
        double flops = 2.0 * sizes.Batch * sizes.ResultHeight * sizes.ResultWidth * target.Channels * source.Channels * sizes.KernelHeight * sizes.KernelWidth;
        if (usesLibrary && services.Cudnn is CudnnEngine cudnn)
        {
            List<nint> addresses = [source.Pointer, weights.Matrix, target.Pointer];
            addresses.AddRange(new[] { weights.Bias, residual.Pointer }.Where(address => address != 0));
            string key = $"{sizes} {source.Type} {source.Channels} {source.RowStride} {target.Channels} {target.RowStride} {weights.Bias != 0} {residual.RowStride}";
            CudnnPlan? plan = cudnn.Find(key, kept => CudnnConvolution.Describe(sizes, source, target, weights.Bias != 0, residual, kept), [.. addresses], source.BytesOf(sizes.Batch * sizes.Height * sizes.Width));
            if (plan is not null)
            {
                return new CudnnOperation(cudnn, plan, name, flops, [.. addresses]);
            }
        }

        return new KernelOperation($"{name} plain", flops, Kernels.Convolution.Launch(_kernels, source, sizes, weights.Matrix, weights.Bias, residual, target));
    }

    private IEnumerable<CudaOperation> Attend(FusedStep step, AttentionNode node)
    {
        AttentionSizes sizes = AttentionPaths.SizesOf(node);
        (DeviceMatrix q, DeviceMatrix k, DeviceMatrix v, DeviceMatrix result) = (View(node.Query), View(node.Key), View(node.Value), View(step.Result));
        double flops = 4.0 * sizes.Batch * sizes.Queries * sizes.Keys * q.Channels;
        string name = $"attention {sizes.Batch}x{sizes.Heads}x{sizes.Queries}x{sizes.Keys} d{sizes.HeadChannels}";
        switch (AttentionPaths.Choose(node, layout.Device))
        {
            case AttentionPath.Flash:
                return [(CudaOperation?)TryCudnn(sizes, q, k, v, result, name, flops) ?? new KernelOperation(name, flops, Attention.Flash(_kernels, sizes, q, k, v, result))];
            case AttentionPath.Products:
                return AttendByProducts(step, sizes, q, k, v, result);
            default:
                return [new KernelOperation($"{name} plain", flops, Attention.Plain(_kernels, sizes, q, k, v, result))];
        }
    }

    private CudnnOperation? TryCudnn(AttentionSizes sizes, DeviceMatrix q, DeviceMatrix k, DeviceMatrix v, DeviceMatrix result, string name, double flops)
    {
        if (services.Cudnn is not CudnnEngine cudnn || CudnnEngine.Version < CudnnAttention.LeastVersion || sizes.IsCausal || sizes.Keys < CudnnAttention.LeastKeys)
        {
            return null;
        }

        nint[] addresses = [q.Pointer, k.Pointer, v.Pointer, result.Pointer, HostScales.Of(sizes.HeadChannels)];
        string key = $"attention {sizes} {q.Type} {q.RowStride} {k.RowStride} {v.RowStride} {result.RowStride}";
        CudnnPlan? plan = cudnn.Find(key, kept => CudnnAttention.Describe(sizes, q, k, v, result, kept), addresses, q.BytesOf(sizes.Batch * sizes.Queries));
        return plan is null ? null : new CudnnOperation(cudnn, plan, $"{name} cudnn", flops, addresses);
    }

    private IEnumerable<CudaOperation> AttendByProducts(
        FusedStep step, AttentionSizes sizes, DeviceMatrix q, DeviceMatrix k, DeviceMatrix v, DeviceMatrix result)
    {
        nint scores = At(step, Temporary.Scores);
        nint weights = At(step, Temporary.Weights);
        int most = AttentionPaths.QueriesAtATime(sizes);
        int element = _type.SizeInBytes;
        for (int image = 0; image < sizes.Batch; image++)
        {
            nint keys = k.Pointer + (nint)((long)image * sizes.Keys * k.RowStride * element);
            nint values = v.Pointer + (nint)((long)image * sizes.Keys * v.RowStride * element);
            for (int first = 0; first < sizes.Queries; first += most)
            {
                int count = Math.Min(most, sizes.Queries - first);
                nint queries = q.Pointer + (nint)(((long)image * sizes.Queries + first) * q.RowStride * element);
                nint target = result.Pointer + (nint)(((long)image * sizes.Queries + first) * result.RowStride * element);
                yield return Product(
                    new ProductSizes(count, sizes.Keys, sizes.HeadChannels, _type, DType.Float32)
                    {
                        SourceStride = q.RowStride,
                        WeightStride = k.RowStride,
                        ResultStride = sizes.Keys,
                        Batch = sizes.Heads,
                        SourceStep = sizes.HeadChannels,
                        WeightStep = sizes.HeadChannels,
                        ResultStep = (long)count * sizes.Keys,
                    },
                    queries, keys, scores);
                yield return new KernelOperation(
                    $"softmax {sizes.Heads * count}x{sizes.Keys}", 0, Attention.Softmax(_kernels, scores, weights, _type, sizes, first, count));
                yield return Product(
                    new ProductSizes(count, sizes.HeadChannels, sizes.Keys, _type, _type)
                    {
                        SourceStride = sizes.Keys,
                        WeightStride = v.RowStride,
                        ResultStride = result.RowStride,
                        Batch = sizes.Heads,
                        WeightIsByDepth = true,
                        SourceStep = (long)count * sizes.Keys,
                        WeightStep = sizes.HeadChannels,
                        ResultStep = sizes.HeadChannels,
                    },
                    weights, values, target);
            }
        }
    }

    private ProductOperation Product(ProductSizes sizes, nint x, nint w, nint y)
    {
        ProductSizes aligned = sizes with { Alignment = ProductSizes.AlignmentOf(x, w, y) };
        ProductOperands operands = new(x, w, 0, 0, y);
        Product product = services.Products.TryCreate(aligned, operands)
            ?? throw new DeviceException($"cuBLASLt {ProductTuner.Version} knows no algorithm for {sizes.Name} in {sizes.Type}.");
        return new ProductOperation(product, operands);
    }

    /// <summary>Whether a product can add the residual itself: nothing else comes between.</summary>
    private static bool CanAddWithin(FusedStep step) => step is { Activation: Activation.None, IsGated: false, ImageVector: null };

    private DeviceMatrix ResidualOf(FusedStep step) => step.Residual is null ? DeviceMatrix.None : View(step.Residual);

    private DeviceMatrix TargetOf(FusedStep step, int channels) =>
        step.IsGated ? Contiguous(At(step, Temporary.Ungated), channels) : View(step.Result);

    private DeviceMatrix Contiguous(nint address, int channels) => new(address, channels, channels, _type);

    /// <summary>What a step took in and its product could not do.</summary>
    private IEnumerable<CudaOperation> Finish(FusedStep step, DeviceMatrix target)
    {
        DeviceMatrix result = View(step.Result);
        int rows = step.Result.Rows;
        if (step.IsGated && result.Type == DType.Float8E4M3)
        {
            yield return new KernelOperation($"geglu E4M3 {step.Result.Shape}", 0, Float8.Geglu(_kernels, target, result, ScalesOf(step.Result), rows));
        }
        else if (step.IsGated)
        {
            yield return new KernelOperation($"geglu {step.Result.Shape}", 0, Elementwise.Geglu(_kernels, target, ResidualOf(step), result, rows));
        }
        else if (!CanAddWithin(step) || target.Pointer != result.Pointer)
        {
            DeviceMatrix vector = step.ImageVector is null ? DeviceMatrix.None : View(step.ImageVector);
            yield return new KernelOperation(
                $"finish {step.Result.Shape}", 0,
                Elementwise.Finish(_kernels, target, vector, step.Result.Positions, step.Activation, ResidualOf(step), result, rows));
        }
    }
}

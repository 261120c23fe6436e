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
        DeviceMatrix target = step.IsSwiglu ? View(step.Result) : TargetOf(step, weights.OutChannels);
        DeviceMatrix residual = CanAddWithin(step) ? ResidualOf(step) : DeviceMatrix.None;
        IEnumerable<CudaOperation> product = layout.FormOf(step) switch
        {
            ProductForm.FourBit or ProductForm.Widened when source.Rows == 1 => [VectorProductOf(step, View(step.Norm?.Source ?? source), matrix, residual, target)],
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

    /// <summary>Lets cuDNN compile for all steps at once, on several threads.</summary>
    public void PrepareLibrary()
    {
        if (services.Cudnn is CudnnEngine cudnn)
        {
            cudnn.Prepare(layout.PerRun.Concat(layout.PerStep).Select(step => step.Node switch
            {
                Conv2dNode node when ConvolutionPaths.Choose(node, layout.Device) == ConvolutionPath.Library => RequestOf(CallOf(step, node)),
                AttentionNode node when AttentionPaths.Choose(node, layout.Device) == AttentionPath.Flash => RequestOf(step, node),
                _ => null,
            }).OfType<CudnnRequest>());
        }
    }

    private IEnumerable<CudaOperation> Convolve(FusedStep step, Conv2dNode node)
    {
        Value value = node.Source;
        ConvolutionCall call = CallOf(step, node);
        DeviceMatrix source = View(value);
        if (layout.Locate(step, Temporary.PaddedSource) is not null)
        {
            DeviceMatrix padded = Contiguous(At(step, Temporary.PaddedSource), Temporaries.Padded(source.Channels));
            yield return new KernelOperation($"pad {value.Shape}", 0, Elementwise.Copy(_kernels, source, padded, value.Rows));
            source = padded;
        }

        if (layout.Locate(step, Temporary.DoubledSource) is not null)
        {
            yield return new KernelOperation(
                $"double {value.Shape}", 0, Elementwise.Upsample(_kernels, source, call.Source, value.Height, value.Width, 4 * value.Rows));
        }

        DeviceWeights matrix = Matrix(step);
        if (layout.FormOf(step) == ProductForm.Widened)
        {
            yield return Widen(step, ref matrix);
        }

        IEnumerable<CudaOperation> operations = ConvolutionPaths.Choose(node, layout.Device) == ConvolutionPath.Products
            ? ConvolveByProducts(step, node, call)
            : [Convolution(node, call)];
        foreach (CudaOperation operation in operations)
        {
            yield return operation;
        }

        foreach (CudaOperation finish in Finish(step, call.Target.Slice(0, node.Weights.OutChannels)))
        {
            yield return finish;
        }
    }

    /// <summary>What the convolution of a step reads and writes once its source is padded and doubled.</summary>
    private ConvolutionCall CallOf(FusedStep step, Conv2dNode node)
    {
        Value value = node.Source;
        DeviceMatrix source = View(value);
        ConvolutionSizes sizes = new(
            value.Batch, value.Height, value.Width, step.Result.Height, step.Result.Width, node.Weights.KernelHeight, node.Weights.KernelWidth, node.Options);
        if (layout.Locate(step, Temporary.PaddedSource) is long padded)
        {
            source = Contiguous(arena + (nint)padded, Temporaries.Padded(source.Channels));
        }

        if (layout.Locate(step, Temporary.DoubledSource) is long doubled)
        {
            source = Contiguous(arena + (nint)doubled, source.Channels);
            sizes = sizes with { Height = 2 * value.Height, Width = 2 * value.Width, Options = node.Options with { UpsampleNearest2x = false } };
        }

        bool isPadded = layout.Locate(step, Temporary.PaddedResult) is not null;
        DeviceMatrix target = isPadded
            ? Contiguous(At(step, Temporary.PaddedResult), Temporaries.Padded(node.Weights.OutChannels))
            : TargetOf(step, node.Weights.OutChannels);
        DeviceWeights matrix = Matrix(step);
        if (layout.Locate(step, Temporary.WidenedWeights) is long widened)
        {
            matrix = matrix with { Matrix = arena + (nint)widened };
        }

        return new ConvolutionCall(source, sizes, matrix, CanAddWithin(step) && !isPadded ? ResidualOf(step) : DeviceMatrix.None, target);
    }

    private IEnumerable<CudaOperation> ConvolveByProducts(FusedStep step, Conv2dNode node, ConvolutionCall call)
    {
        DeviceMatrix gathered = Contiguous(At(step, Temporary.Gathered), ConvolutionPaths.DepthOf(node));
        int most = (int)ConvolutionPaths.RowsAtATime(node, step.Result, layout.Device);
        for (int first = 0; first < step.Result.Rows; first += most)
        {
            int rows = Math.Min(most, step.Result.Rows - first);
            yield return new KernelOperation($"gather {rows}x{gathered.Channels}", 0, Kernels.Convolution.Gather(_kernels, call.Source, call.Sizes, first, rows, gathered));
            yield return Product(gathered, rows, call.Weights, call.Residual.From(first), call.Target.From(first));
        }
    }

    private static CudnnRequest RequestOf(ConvolutionCall call)
    {
        (DeviceMatrix source, ConvolutionSizes sizes, DeviceWeights weights, DeviceMatrix residual, DeviceMatrix target) = call;
        nint[] addresses = [source.Pointer, weights.Matrix, target.Pointer, .. new[] { weights.Bias, residual.Pointer }.Where(address => address != 0)];
        return new CudnnRequest(
            $"{sizes} {source.Type} {source.Channels} {source.RowStride} {target.Channels} {target.RowStride} {weights.Bias != 0} {residual.RowStride}",
            kept => CudnnConvolution.Describe(sizes, source, target, weights.Bias != 0, residual, kept), addresses, source.BytesOf(sizes.Batch * sizes.Height * sizes.Width));
    }

    /// <summary>The attention of a step for cuDNN, or <c>null</c> where our own kernel is used.</summary>
    private CudnnRequest? RequestOf(FusedStep step, AttentionNode node)
    {
        AttentionSizes sizes = AttentionPaths.SizesOf(node);
        if (CudnnEngine.Version < CudnnAttention.LeastVersion || sizes.IsCausal || sizes.Keys < CudnnAttention.LeastKeys)
        {
            return null;
        }

        (DeviceMatrix q, DeviceMatrix k, DeviceMatrix v, DeviceMatrix result) = (View(node.Query), View(node.Key), View(node.Value), View(step.Result));
        return new CudnnRequest(
            $"attention {sizes} {q.Type} {q.RowStride} {k.RowStride} {v.RowStride} {result.RowStride}",
            kept => CudnnAttention.Describe(sizes, q, k, v, result, kept),
            [q.Pointer, k.Pointer, v.Pointer, result.Pointer, HostScales.Of(sizes.HeadChannels)], q.BytesOf(sizes.Batch * sizes.Queries));
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

    private CudaOperation Convolution(Conv2dNode node, ConvolutionCall call)
    {
        (DeviceMatrix source, ConvolutionSizes sizes, DeviceWeights weights, DeviceMatrix residual, DeviceMatrix target) = call;
        string name = $"conv {sizes.KernelHeight}x{sizes.KernelWidth}/{sizes.Options.Stride} {sizes.Batch}x{sizes.ResultHeight}x{sizes.ResultWidth} {source.Channels}->{target.Channels}{(residual.Pointer == 0 ? "" : " +residual")}";
        double flops = 2.0 * sizes.Batch * sizes.ResultHeight * sizes.ResultWidth * target.Channels * source.Channels * sizes.KernelHeight * sizes.KernelWidth;
        if (ConvolutionPaths.Choose(node, layout.Device) == ConvolutionPath.Library && services.Cudnn is CudnnEngine cudnn)
        {
            CudnnRequest request = RequestOf(call);
            if (cudnn.Find(request) is CudnnPlan plan)
            {
                return new CudnnOperation(plan, name, flops, request.Addresses);
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
                return services.Cudnn is CudnnEngine cudnn && RequestOf(step, node) is CudnnRequest request && cudnn.Find(request) is CudnnPlan plan
                    ? [new CudnnOperation(plan, $"{name} cudnn", flops, request.Addresses)]
                    : [new KernelOperation(name, flops, Attention.Flash(_kernels, sizes, q, k, v, result))];
            case AttentionPath.Products:
                return AttendByProducts(step, sizes, q, k, v, result);
            default:
                return [new KernelOperation($"{name} plain", flops, Attention.Plain(_kernels, sizes, q, k, v, result))];
        }
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

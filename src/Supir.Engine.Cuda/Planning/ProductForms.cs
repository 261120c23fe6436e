using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Planning;

/// <summary>In which form a product meets its weights.</summary>
internal enum ProductForm
{
    /// <summary>In the format of values.</summary>
    Values,

    /// <summary>Kept in int8 with a scale for each row, and widened to the format of values before each use.</summary>
    Widened,

    /// <summary>In 8-bit floats, as its source.</summary>
    Float8,

    /// <summary>Kept in 4 bits with a scale for each 64 inputs of a row; widened as those in 8 bits are.</summary>
    FourBit,
}

/// <summary>The choice of forms, which follows from a graph's steps alone.</summary>
internal static class ProductForms
{
    /// <summary>What cuBLASLt wants the lengths of 8-bit products to be a multiple of.</summary>
    private const int Float8Multiple = 16;

    /// <summary>The weights of a product.</summary>
    public static LinearWeights WeightsOf(FusedStep step) =>
        step.Node is Conv2dNode convolution ? convolution.Weights : ((LinearNode)step.Node).Weights;

    /// <summary>The form of a product whose source is, or is not, in 8-bit floats.</summary>
    public static ProductForm Of(FusedStep step, bool hasFloat8Source, DeviceCapabilities device) =>
        WeightsOf(step).Precision is WeightPrecision own ? Of(own, step)
        : hasFloat8Source ? ProductForm.Float8
        : device.Weights == WeightPrecision.FourBit && step.Node is LinearNode && CanBeEightBit(step, device) ? ProductForm.FourBit
        : device.Weights is WeightPrecision.EightBit or WeightPrecision.FourBit && CanBeEightBit(step, device) ? ProductForm.Widened
        : ProductForm.Values;

    /// <summary>The form of weights that say themselves how they are kept.</summary>
    private static ProductForm Of(WeightPrecision own, FusedStep step) =>
        WeightsOf(step).IsTransposed || step.Node is not LinearNode ? ProductForm.Values
        : own switch
        {
            WeightPrecision.FourBit => ProductForm.FourBit,
            WeightPrecision.EightBit => ProductForm.Widened,
            _ => ProductForm.Values,
        };

    /// <summary>The values that are written in 8-bit floats, because all that read them are products that take them so: results of
    /// layer normalisations and of GEGLUs.</summary>
    public static HashSet<Value> Float8Values(IReadOnlyList<FusedStep> steps, Graph graph, DeviceCapabilities device)
    {
        HashSet<Value> chosen = [];
        if (device.Weights != WeightPrecision.Float8 || !device.MultipliesFloat8)
        {
            return chosen;
        }

        Dictionary<Value, List<FusedStep>> readers = [];
        foreach (FusedStep step in steps)
        {
            foreach (Value read in step.Reads().Select(RootOf).Distinct())
            {
                readers.TryAdd(read, []);
                readers[read].Add(step);
            }
        }

        HashSet<Value> outputs = [.. graph.Outputs.Values.Select(RootOf)];
        foreach (FusedStep step in steps.Where(step => CanWrite(step) && !outputs.Contains(step.Result)))
        {
            if (readers.TryGetValue(step.Result, out List<FusedStep>? all)
                && all.All(reader => reader.Result.IsPerRun == step.Result.IsPerRun && CanRead(reader, step.Result, device)))
            {
                chosen.Add(step.Result);
            }
        }

        return chosen;
    }

    /// <summary>Follows views to the value that has memory.</summary>
    private static Value RootOf(Value value)
    {
        while (value.Producer is SliceNode slice)
        {
            value = slice.Source;
        }

        return value;
    }

    private static bool CanWrite(FusedStep step)
    {
        int channels = step.Result.Channels;
        bool fits = step.Node switch
        {
            LayerNormNode node => channels <= Float8.WidestNorm && AttentionPaths.IsAligned(node.Source),
            LinearNode => step is { IsGated: true, Residual: null } && channels <= Float8.WidestGate,
            _ => false,
        };
        return fits && channels % Float8Multiple == 0;
    }

    private static bool CanRead(FusedStep reader, Value source, DeviceCapabilities device) =>
        reader.Node is LinearNode node && node.Source == source && reader.Residual != source && reader.ImageVector != source
        && node.Weights.OutChannels % Float8Multiple == 0 && CanBeEightBit(reader, device);

    /// <remarks>A product over a single position of an image conditions everything that follows (timestep, label), and costs next to
    /// nothing: its weights keep their bits.</remarks>
    private static bool CanBeEightBit(FusedStep step, DeviceCapabilities device)
    {
        LinearWeights weights = WeightsOf(step);
        long elements = (long)weights.OutChannels * weights.InChannels * weights.KernelHeight * weights.KernelWidth;
        return step.Result.Positions > 1 && weights.Precision is null && !weights.IsTransposed && elements >= device.LeastEightBitElements;
    }
}

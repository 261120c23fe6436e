namespace Supir.Engine;

/// <summary>How a graph is compiled, where a backend has a choice.</summary>
public sealed record PlanOptions
{
    /// <summary>All choices left to the backend.</summary>
    public static PlanOptions Default { get; } = new();

    /// <summary>The number format of values, Float32, Float16 or BFloat16, or <c>null</c> for the backend's own.</summary>
    /// <remarks>Sums, norms and softmax are in single precision whatever it is. The CPU computes all in single precision.</remarks>
    public DType? Values { get; init; }

    /// <summary>How the weights of large products are kept.</summary>
    public WeightPrecision Weights { get; init; }

    /// <summary>On a GPU: how many bytes of weights stay there, at most; the rest waits in the machine's memory and is brought in step by
    /// step, beside the work. <c>null</c> for all that are used in every step.</summary>
    public long? ResidentWeightBytes { get; init; }

    /// <summary>All but the format of values left to the backend.</summary>
    public static PlanOptions In(DType values) => new() { Values = values };
}

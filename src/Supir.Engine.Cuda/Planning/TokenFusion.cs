using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Planning;

/// <summary>Joins what a language model does for a single row into five kernels a layer: a token costs as much in waiting between kernels
/// as in reading weights otherwise.</summary>
/// <remarks>Norms join the products behind them, a SWIGLU the product before it, and rotary turning and appending the attention.</remarks>
internal sealed class TokenFusion
{
    private readonly List<FusedStep> _steps;
    private readonly DType _type;
    private readonly HashSet<Value> _outputs;
    private readonly Func<FusedStep, bool> _isVectorProduct;
    private readonly Dictionary<Value, List<FusedStep>> _readers = [];

    private TokenFusion(IReadOnlyList<FusedStep> steps, Graph graph, DType type, Func<FusedStep, bool> isVectorProduct)
    {
        _steps = [.. steps];
        _type = type;
        _outputs = [.. graph.Outputs.Values.Select(RootOf)];
        _isVectorProduct = isVectorProduct;
        foreach (FusedStep step in steps)
        {
            foreach (Value read in step.Reads().Select(RootOf).Distinct())
            {
                _readers.TryAdd(read, []);
                _readers[read].Add(step);
            }
        }
    }

    /// <summary>The steps that are left.</summary>
    /// <param name="steps">All steps, in order; those that stay are changed.</param>
    /// <param name="graph">Their graph.</param>
    /// <param name="type">The number format of values.</param>
    /// <param name="isVectorProduct">Whether a step is a product of one row with weights in 4 or 8 bits.</param>
    public static IReadOnlyList<FusedStep> Join(IReadOnlyList<FusedStep> steps, Graph graph, DType type, Func<FusedStep, bool> isVectorProduct)
    {
        TokenFusion fusion = new(steps, graph, type, isVectorProduct);
        foreach (FusedStep step in steps)
        {
            switch (step.Node)
            {
                case RmsNormNode norm when norm.Source.Rows == 1:
                    fusion.Join(step, norm);
                    break;
                case SwigluNode swiglu when swiglu.Source.Rows == 1:
                    fusion.Join(step, swiglu);
                    break;
                case CachedAttentionNode attention when attention.Query.Rows == 1:
                    fusion.Join(step, attention);
                    break;
            }
        }

        return fusion._steps;
    }

    private void Join(FusedStep step, RmsNormNode norm)
    {
        List<FusedStep> readers = ReadersOf(step.Result);
        if (readers.Count > 0 && !_outputs.Contains(step.Result) && readers.All(reader => CanNorm(reader, step)))
        {
            readers.ForEach(reader => reader.Norm = norm);
            _steps.Remove(step);
        }
    }

    private bool CanNorm(FusedStep reader, FusedStep norm) =>
        _isVectorProduct(reader) && reader.Node.Operands[0] == norm.Result && reader.Residual != norm.Result && reader.ImageVector != norm.Result
        && reader.Result.IsPerRun == norm.Result.IsPerRun;

    private void Join(FusedStep step, SwigluNode swiglu)
    {
        FusedStep? product = _steps.Find(other => other.Result == swiglu.Source);
        bool fits = product is { Activation: Activation.None, IsGated: false, Residual: null, ImageVector: null } && _isVectorProduct(product)
            && step.Result.Channels % TokenProduct.PieceRows == 0 && ReadersOf(swiglu.Source) is [_] && !_outputs.Contains(swiglu.Source)
            && product.Result.IsPerRun == step.Result.IsPerRun;
        if (fits)
        {
            product!.IsSwiglu = true;
            product.Result = step.Result;
            _steps.Remove(step);
        }
    }

    private void Join(FusedStep step, CachedAttentionNode attention)
    {
        if (attention.Keys.Producer is AppendNode keys && attention.Values.Producer is AppendNode values
            && keys.Source.Producer is SliceNode keySlice && keySlice.Source.Producer is RopeNode rope
            && attention.Query.Producer is SliceNode { Start: 0 } querySlice && querySlice.Source == keySlice.Source
            && keySlice.Start == keys.State.Channels && rope.Heads == 2 * keys.State.Heads && rope.Source.Channels == 2 * keys.State.Channels
            && rope.Position == attention.Position && keys.Position == attention.Position && values.Position == attention.Position
            && IsOnlyAttention(attention) && TokenAttention.Fits(keys.State, _type) && AttentionPaths.IsAligned(rope.Source) && AttentionPaths.IsAligned(values.Source)
            && ReadersOf(keySlice.Source).Count == 2 && OnlyReader(attention.Keys, step) && OnlyReader(attention.Values, step)
            && !_outputs.Contains(keySlice.Source))
        {
            step.Appended = new AppendedRows(rope, keys, values);
            _steps.RemoveAll(other => other.Node == rope || other.Node == keys || other.Node == values);
        }
    }

    /// <summary>Whether no other attention reads its states: the kernel reads the rows before the new one while the kernel in front of it is not over.</summary>
    private bool IsOnlyAttention(CachedAttentionNode attention) =>
        _steps.Count(other => other.Node is CachedAttentionNode node && (node.KeyState == attention.KeyState || node.ValueState == attention.ValueState)) == 1;

    private bool OnlyReader(Value value, FusedStep step) => ReadersOf(value) is [FusedStep only] && only == step && !_outputs.Contains(value);

    private List<FusedStep> ReadersOf(Value value) => _readers.GetValueOrDefault(value) ?? [];

    private static Value RootOf(Value value)
    {
        while (value.Producer is SliceNode slice)
        {
            value = slice.Source;
        }

        return value;
    }
}

using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Fusion;

/// <summary>Decides which operations of a graph are computed together.</summary>
/// <remarks>A value that is taken in is never written, so only one that nothing else reads can be. A step runs at the place of
/// the last operation it took in; its operands then live longer, which the memory layout sees.</remarks>
internal sealed class Fuser
{
    private readonly Dictionary<Value, FusedStep> _steps = [];
    private readonly Dictionary<Value, List<Node>> _readers = [];
    private readonly HashSet<Value> _outputs;

    private readonly bool _normalizesInConvolutions;

    private Fuser(Graph graph, bool normalizesInConvolutions)
    {
        _normalizesInConvolutions = normalizesInConvolutions;
        _outputs = [.. graph.Outputs.Values];
        foreach (Value value in graph.Values)
        {
            _readers[value] = [];
            foreach (Value operand in value.Producer.Operands)
            {
                _readers[operand].Add(value.Producer);
            }
        }
    }

    /// <summary>The steps in the order in which they run; inputs and views have none.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="normalizesInConvolutions">Whether a convolution can apply a group normalisation while it reads its source.</param>
    public static IReadOnlyList<FusedStep> Fuse(Graph graph, bool normalizesInConvolutions = true)
    {
        Fuser fuser = new(graph, normalizesInConvolutions);
        foreach (Value value in graph.Values)
        {
            fuser.Visit(value);
        }

        List<FusedStep> steps = [.. fuser._steps.Values.Distinct().OrderBy(step => step.Result.Id)];
        foreach (FusedStep step in steps.Where(step => step.Node is GroupNormNode))
        {
            step.IsApplied = fuser._readers[step.Result].Count > step.PrologueUses || fuser._outputs.Contains(step.Result);
        }

        return steps;
    }

    private void Visit(Value value)
    {
        bool taken = value.Producer switch
        {
            ActivationNode node => TryTake(value, node),
            GegluNode node => TryTake(value, node),
            AddNode node => TryTake(value, node),
            InputNode or SliceNode => true,
            _ => false,
        };
        if (taken)
        {
            return;
        }

        FusedStep step = new(value);
        _steps.Add(value, step);
        if (value.Producer is ConcatNode)
        {
            step.IsVirtual = !_outputs.Contains(value) && _readers[value].All(reader => reader is ZeroSftNode);
        }

        if (_normalizesInConvolutions && value.Producer is Conv2dNode convolution && !IsPointwise(convolution)
            && _steps.TryGetValue(convolution.Source, out FusedStep? source) && source.Node is GroupNormNode)
        {
            step.Prologue = source;
            source.PrologueUses++;
        }
    }

    /// <summary>Whether a convolution is a plain product over rows.</summary>
    public static bool IsPointwise(Conv2dNode node) =>
        node.Weights.KernelHeight == 1 && node.Weights.KernelWidth == 1 && node.Options == Conv2dOptions.Pointwise;

    private bool TryTake(Value value, ActivationNode node)
    {
        if (!IsOnlyReader(node.Source, value) || !_steps.TryGetValue(node.Source, out FusedStep? step))
        {
            return false;
        }

        bool fits = step.IsProduct
            ? step is { Activation: Activation.None, IsGated: false, Residual: null }
            : step is { Node: GroupNormNode, Activation: Activation.None } && node.Function == Activation.Silu;
        if (fits)
        {
            step.Activation = node.Function;
            Move(step, value);
        }

        return fits;
    }

    private bool TryTake(Value value, GegluNode node)
    {
        if (!IsOnlyReader(node.Source, value) || !_steps.TryGetValue(node.Source, out FusedStep? step)
            || !(step.IsProduct && step is { Activation: Activation.None, IsGated: false, Residual: null, ImageVector: null }))
        {
            return false;
        }

        step.IsGated = true;
        Move(step, value);
        return true;
    }

    private bool TryTake(Value value, AddNode node)
    {
        if (node.Second.Positions != node.First.Positions)
        {
            if (OpenProduct(node.First, value) is not { Activation: Activation.None, IsGated: false, ImageVector: null } step)
            {
                return false;
            }

            step.ImageVector = node.Second;
            Move(step, value);
            return true;
        }

        // Of two products the later one takes the other as its residual.
        (Value later, Value earlier) = node.Second.Id > node.First.Id ? (node.Second, node.First) : (node.First, node.Second);
        foreach ((Value product, Value other) in new[] { (later, earlier), (earlier, later) })
        {
            if (product != other && OpenProduct(product, value) is FusedStep step)
            {
                step.Residual = other;
                Move(step, value);
                return true;
            }
        }

        return false;
    }

    /// <summary>The product that makes a value, if nothing else reads it and nothing has been added to it yet.</summary>
    private FusedStep? OpenProduct(Value product, Value reader) =>
        IsOnlyReader(product, reader) && _steps.TryGetValue(product, out FusedStep? step) && step is { IsProduct: true, Residual: null }
            ? step
            : null;

    /// <summary>Whether only one operation reads a value, and as often as that operation runs.</summary>
    private bool IsOnlyReader(Value value, Value reader) =>
        _readers[value].Count == 1 && !_outputs.Contains(value) && value.IsPerRun == reader.IsPerRun;

    private void Move(FusedStep step, Value result)
    {
        _steps.Remove(step.Result);
        step.Result = result;
        _steps.Add(result, step);
    }
}

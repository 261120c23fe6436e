using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Operations;
using Supir.Engine.Cpu.Weights;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu;

/// <summary>Turns the steps of a layout into operations over the arena's memory.</summary>
internal sealed unsafe class CpuPlanBuilder(
    CpuPlanLayout layout, byte* arena, CpuWeightStore weights, IReadOnlyDictionary<State, AlignedMemory> states)
{
    private string _layer = "";

    /// <summary>Every packed weight that was taken; the plan gives them back.</summary>
    public List<PackedKey> Acquired { get; } = [];

    /// <summary>The operations of some steps, in order.</summary>
    public CpuOperation[] Build(IEnumerable<FusedStep> steps)
    {
        List<CpuOperation> operations = [];
        foreach (FusedStep step in steps.Where(step => !step.IsVirtual))
        {
            _layer = LayerOf(step.Node) ?? _layer;
            foreach (CpuOperation operation in Build(step))
            {
                operation.Layer = _layer;
                operations.Add(operation);
            }
        }

        return [.. operations];
    }

    /// <summary>Where a value lies.</summary>
    public MatrixView View(Value value)
    {
        (long offset, int rowStride, int channel) = layout.Locate(value);
        return new MatrixView((nint)(arena + offset) + (channel * sizeof(float)), rowStride, value.Channels);
    }

    /// <summary>The name of a node's weights without its last part, which says only whether it is the weight or the bias.</summary>
    private static string? LayerOf(Node node)
    {
        string? name = node switch
        {
            LinearNode linear => linear.Weights.Weights[0].Name,
            Conv2dNode convolution => convolution.Weights.Weights[0].Name,
            GroupNormNode norm => norm.Gamma.Name,
            LayerNormNode norm => norm.Gamma.Name,
            ZeroSftNode sft => sft.Gamma.Name,
            GatherNode gather => gather.Table.Name,
            _ => null,
        };
        return name is null || !name.Contains('.', StringComparison.Ordinal) ? name : name[..name.LastIndexOf('.')];
    }

    private IEnumerable<CpuOperation> Build(FusedStep step) => step.Node switch
    {
        LinearNode node => [Linear(step, node.Source)],
        Conv2dNode node when Fuser.IsPointwise(node) => [Linear(step, node.Source)],
        Conv2dNode node => [Convolution(step, node)],
        GroupNormNode node => GroupNorm(step, node),
        ZeroSftNode node => ZeroSft(step, node),
        LayerNormNode node =>
            [new LayerNormOperation(View(node.Source), View(step.Result), node.Gamma.ToFloats(), node.Beta.ToFloats(), node.Epsilon, node.Source.Rows)],
        AttentionNode node =>
            [new AttentionOperation(
                View(node.Query), View(node.Key), View(node.Value), View(step.Result),
                node.Query.Batch, node.Query.Positions, node.Key.Positions, node.Heads, node.Causal, layout.Threads)],
        ConcatNode node => [new NormalizeOperation(Parts(node.First, node.Second), View(step.Result), default, step.Result.Rows, 1)],
        AddNode node =>
            [new AddOperation(View(node.First), View(node.Second), default, View(step.Result), node.First.Rows, node.First.Rows / node.Second.Rows)],
        AddScaledNode node =>
            [new AddOperation(View(node.First), View(node.Second), View(node.Scale), View(step.Result), node.First.Rows, 1)],
        ActivationNode node => [new ActivationOperation(View(node.Source), View(step.Result), node.Function, node.Source.Rows)],
        GegluNode node => [new GegluOperation(View(node.Source), View(step.Result), node.Source.Rows)],
        TimestepEmbeddingNode node =>
            [new TimestepEmbeddingOperation(View(node.Timesteps), View(step.Result), node.Timesteps.Batch, node.Timesteps.Width)],
        GatherNode node =>
            [new GatherOperation(View(node.Ids), node.Table, node.Positions.ToFloats(), View(step.Result), node.Ids.Rows, node.Ids.Height)],
        SelectRowNode node =>
            [new SelectRowOperation(View(node.Source), View(node.Index), View(step.Result), node.Source.Batch, node.Source.Positions)],
        RmsNormNode node => [new RmsNormOperation(View(node.Source), View(step.Result), node.Gamma.ToFloats(), node.Epsilon, node.Source.Rows)],
        SwigluNode node => [new SwigluOperation(View(node.Source), View(step.Result), node.Source.Rows)],
        RopeNode node => [new RopeOperation(View(node.Source), View(node.Position), View(step.Result), node.Source.Rows, node.Heads, node.Theta)],
        AppendNode node => [new AppendOperation(View(node.Source), View(node.Position), new StateView(node.State, states[node.State].Pointer), node.Source.Rows)],
        CachedAttentionNode node =>
            [new CachedAttentionOperation(
                View(node.Query), new StateView(node.KeyState, states[node.KeyState].Pointer), new StateView(node.ValueState, states[node.ValueState].Pointer),
                View(node.Position), View(step.Result), node.Query.Rows)],
        _ => throw new NotSupportedException($"The CPU backend does not know the operation {step.Node.Kind}."),
    };

    private CpuOperation Linear(FusedStep step, Value source)
    {
        ProductWeights weights = Acquire(step);
        return source.Rows == 1 && weights is PackedMatrix packed && VectorProductOperation.Knows(packed.Form)
            ? new VectorProductOperation(View(source), packed, EpilogueOf(step, packed))
            : new LinearOperation(View(source), source.Rows, source.Positions, weights, EpilogueOf(step, weights), layout.Threads);
    }

    private CpuOperation Convolution(FusedStep step, Conv2dNode node)
    {
        // Only matrices stay where the checkpoint has them.
        PackedMatrix packed = (PackedMatrix)Acquire(step);
        Value source = step.Prologue is null ? node.Source : step.Prologue.Node.Operands[0];
        ConvolutionShape shape = ConvolutionShape.Of(node, step.Result);
        NormPrologue prologue = step.Prologue is null ? default : Affine(step.Prologue, source);
        return layout.HasWinogradForm(step)
            ? new WinogradOperation(
                View(source), shape, prologue, packed, EpilogueOf(step, packed), layout.NormAfter(step) is FusedStep norm ? SumsOf(norm) : null, layout.Threads)
            : new ConvolutionOperation(View(source), shape, prologue, packed, EpilogueOf(step, packed), layout.Threads);
    }

    private IEnumerable<CpuOperation> GroupNorm(FusedStep step, GroupNormNode node)
    {
        foreach (CpuOperation operation in Statistics(step, Parts(node.Source), node.Source, node.Groups, node.Epsilon, node.Gamma.ToFloats(), node.Beta.ToFloats()))
        {
            yield return operation;
        }

        if (step.IsApplied)
        {
            yield return new NormalizeOperation(
                Parts(node.Source), View(step.Result), Affine(step, node.Source), node.Source.Rows, node.Source.Positions);
        }
    }

    private IEnumerable<CpuOperation> ZeroSft(FusedStep step, ZeroSftNode node)
    {
        foreach (CpuOperation operation in Statistics(step, Parts(node.Source), node.Source, node.Groups, node.Epsilon, node.Gamma.ToFloats(), node.Beta.ToFloats()))
        {
            yield return operation;
        }

        yield return new ZeroSftOperation(
            Parts(node.Source), Affine(step, node.Source), View(node.Modulation), Parts(node.Raw), View(node.Scale), View(step.Result),
            node.Source.Rows, node.Source.Positions);
    }

    private IEnumerable<CpuOperation> Statistics(
        FusedStep step, ChannelParts parts, Value source, int groups, float epsilon, float[] gamma, float[] beta)
    {
        NormSums sums = SumsOf(step);
        NormPrologue prologue = Affine(step, source);
        GroupNormAffine affine = new(sums, source.Batch, groups, epsilon, gamma, beta, prologue.Scale, prologue.Shift);
        return layout.IsSummedBefore(step) ? [affine] : [new GroupNormSums(parts, sums, source.Batch, source.Positions), affine];
    }

    private NormSums SumsOf(FusedStep norm) =>
        new((double*)(arena + layout.LocateNorm(norm).Sums), norm.Node.Operands[0].Channels, layout.ChunksOf(norm));

    private NormPrologue Affine(FusedStep step, Value source)
    {
        byte* scale = arena + layout.LocateNorm(step).Affine;
        byte* shift = scale + AlignedMemory.Align((long)source.Batch * source.Channels * sizeof(float));
        return new NormPrologue(
            new MatrixView((nint)scale, source.Channels, source.Channels),
            new MatrixView((nint)shift, source.Channels, source.Channels),
            step.Activation == Activation.Silu);
    }

    private ChannelParts Parts(params ReadOnlySpan<Value> values)
    {
        List<MatrixView> views = [];
        foreach (Value value in values)
        {
            if (layout.Virtual.TryGetValue(value, out ConcatNode? concat))
            {
                views.AddRange(Parts(concat.First, concat.Second).Parts);
            }
            else
            {
                views.Add(View(value));
            }
        }

        return new ChannelParts([.. views]);
    }

    private ProductWeights Acquire(FusedStep step)
    {
        PackedKey key = layout.KeyOf(step);
        ProductWeights packed = weights.Acquire(key);
        Acquired.Add(key);
        return packed;
    }

    private Epilogue EpilogueOf(FusedStep step, ProductWeights packed) => new(View(step.Result))
    {
        Weights = packed,
        Activation = step.Activation,
        IsGated = step.IsGated,
        ImageVector = step.ImageVector is null ? default : View(step.ImageVector),
        Residual = step.Residual is null ? default : View(step.Residual),
    };
}

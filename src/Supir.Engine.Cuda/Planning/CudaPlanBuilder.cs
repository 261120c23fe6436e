using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Engine.Cuda.Planning;

/// <summary>The operations of one step, the transfer that brings its weights where they are streamed, and whether it runs aside.</summary>
internal sealed record PlannedStep(CudaOperation[] Operations, WeightTransfer? Transfer, bool IsAside, bool NeedsAside);

/// <summary>Turns the steps of a layout into operations over the arena's memory.</summary>
/// <param name="layout">The steps, and where everything lies.</param>
/// <param name="arena">The arena.</param>
/// <param name="counters">Zeroed counters, as many as <see cref="CountersOf"/> says.</param>
/// <param name="ring">The ring through which streamed weights pass.</param>
/// <param name="weights">All weights.</param>
/// <param name="states">Where the states lie.</param>
/// <param name="services">What plans share.</param>
internal sealed partial class CudaPlanBuilder(
    CudaPlanLayout layout, nint arena, nint counters, nint ring, WeightLease weights, IReadOnlyDictionary<State, nint> states, CudaServices services)
{
    private readonly DType _type = layout.Device.Type;
    private readonly KernelCache _kernels = services.Kernels;
    private int _countersUsed;

    /// <summary>Counters that a graph needs: one an image for group normalisations, one a head for a token's attention.</summary>
    public static int CountersOf(CudaPlanLayout layout) => layout.PerRun.Concat(layout.PerStep)
        .Sum(step => step.Node is GroupNormNode or ZeroSftNode ? step.Result.Batch : step.Appended?.Keys.State.Heads ?? 0);

    /// <summary>The operations of some steps, in order; with a branch, its first part runs aside.</summary>
    public PlannedStep[] Build(IReadOnlyList<FusedStep> steps, ParallelBranch? branch)
    {
        List<PlannedStep> planned = [];
        bool isJoined = branch is null;
        for (int i = 0; i < steps.Count; i++)
        {
            if (!steps[i].IsVirtual)
            {
                bool joins = !isJoined && i >= branch!.Value.End;
                isJoined |= joins;
                planned.Add(new PlannedStep([.. Build(steps[i])], layout.Streams.Of(steps[i]), i < (branch?.First ?? 0), joins));
            }
        }

        return [.. planned];
    }

    /// <summary>Where a value lies.</summary>
    public DeviceMatrix View(Value value)
    {
        (long offset, int rowStride, int channel) = layout.Locate(value);
        DType type = layout.TypeOf(value);
        return new DeviceMatrix(arena + (nint)offset + ((nint)channel * type.SizeInBytes), rowStride, value.Channels, type);
    }

    private IEnumerable<CudaOperation> Build(FusedStep step)
    {
        if (Language(step) is KernelOperation operation)
        {
            return [operation];
        }

        DeviceMatrix result = View(step.Result);
        int rows = step.Result.Rows;
        return step.Node switch
        {
            LinearNode node => Linear(step, node.Source, node.Weights),
            Conv2dNode node when Fuser.IsPointwise(node) => Linear(step, node.Source, node.Weights),
            Conv2dNode node => Convolve(step, node),
            GroupNormNode node => [GroupNorm(step, node)],
            ZeroSftNode node => [ZeroSft(step, node)],
            AttentionNode node => Attend(step, node),
            LayerNormNode node when result.Type == DType.Float8E4M3 =>
                [Own(step, Float8.LayerNorm(_kernels, View(node.Source), Singles(node.Gamma), Singles(node.Beta), node.Epsilon, result, ScalesOf(step.Result), rows))],
            LayerNormNode node => [Own(step, Norms.LayerNorm(_kernels, View(node.Source), Singles(node.Gamma), Singles(node.Beta), node.Epsilon, result, rows))],
            ConcatNode node => [Own(step, Norms.Apply(_kernels, Parts(node.First, node.Second), default, Activation.None, 1, result, rows))],
            AddNode node => [Own(step, Elementwise.Add(_kernels, View(node.First), View(node.Second), node.First.Rows / node.Second.Rows, DeviceMatrix.None, result, rows))],
            AddScaledNode node => [Own(step, Elementwise.Add(_kernels, View(node.First), View(node.Second), 1, View(node.Scale), result, rows))],
            ActivationNode node => [Own(step, Elementwise.Apply(_kernels, View(node.Source), result, rows, node.Function))],
            GegluNode node => [Own(step, Elementwise.Geglu(_kernels, View(node.Source), DeviceMatrix.None, result, rows))],
            TimestepEmbeddingNode node => [Own(step, Text.TimestepEmbedding(_kernels, View(node.Timesteps), result, node.Timesteps.Rows, result.Channels / node.Timesteps.Width))],
            GatherNode node => [Own(step, Text.Gather(_kernels, View(node.Ids), Table(node.Table), node.Table.Shape[0], Singles(node.Positions), node.Ids.Height, result, rows))],
            SelectRowNode node => [Own(step, Text.SelectRow(_kernels, View(node.Source), View(node.Index), node.Source.Positions, result, rows))],
            _ => throw new NotSupportedException($"The CUDA backend does not know the operation {step.Node.Kind}."),
        };
    }

    private KernelOperation GroupNorm(FusedStep step, GroupNormNode node)
    {
        DeviceParts source = Parts(node.Source);
        NormMemory memory = MemoryOf(step, node.Source);
        return Own(
            step,
            Norms.Sums(_kernels, source, node.Source.Batch, node.Source.Positions, node.Groups, node.Epsilon, Singles(node.Gamma), Singles(node.Beta), memory),
            Norms.Apply(_kernels, source, memory, step.Activation, node.Source.Positions, View(step.Result), node.Source.Rows));
    }

    private KernelOperation ZeroSft(FusedStep step, ZeroSftNode node)
    {
        DeviceParts source = Parts(node.Source);
        NormMemory memory = MemoryOf(step, node.Source);
        return Own(
            step,
            Norms.Sums(_kernels, source, node.Source.Batch, node.Source.Positions, node.Groups, node.Epsilon, Singles(node.Gamma), Singles(node.Beta), memory),
            Norms.ZeroSft(
                _kernels, source, memory, View(node.Modulation), Parts(node.Raw), View(node.Scale), node.Source.Positions, View(step.Result), node.Source.Rows));
    }

    private NormMemory MemoryOf(FusedStep step, Value source)
    {
        nint affine = At(step, Temporary.Affine);
        nint finished = counters + (_countersUsed * sizeof(int));
        _countersUsed += source.Batch;
        return new NormMemory(At(step, Temporary.Partial), finished, affine, affine + ((nint)source.Batch * source.Channels * sizeof(float)));
    }

    private nint At(FusedStep step, Temporary kind) =>
        arena + (nint)(layout.Locate(step, kind) ?? throw new InvalidOperationException($"{step.Node.Kind} has no {kind}."));

    private DeviceParts Parts(params ReadOnlySpan<Value> values)
    {
        List<DeviceMatrix> views = [];
        foreach (Value value in values)
        {
            if (layout.Virtual.TryGetValue(value, out ConcatNode? concat))
            {
                views.Add(View(concat.First));
                views.Add(View(concat.Second));
            }
            else
            {
                views.Add(View(value));
            }
        }

        return new DeviceParts(views[0], views.Count > 1 ? views[1] : DeviceMatrix.None);
    }

    private nint Singles(Weight weight) => weights.AddressOf(new RowsKey(weight, DType.Float32));

    private nint Table(Weight table) => weights.AddressOf(new RowsKey(table, _type));

    /// <summary>The scales of the rows of a value in 8-bit floats.</summary>
    private nint ScalesOf(Value value) => View(value).Pointer + (nint)CudaPlanLayout.ScalesOffset(value);

    /// <summary>The matrix of a step, where it stays or where it passes through the ring.</summary>
    private DeviceWeights Matrix(FusedStep step)
    {
        MatrixKey key = layout.MatrixOf(step);
        return key.At(layout.Streams.Of(step) is WeightTransfer transfer ? ring + (nint)transfer.Offset : weights.AddressOf(key));
    }

    private static KernelOperation Own(FusedStep step, params KernelLaunch[] launches) => Own(step, 0, launches);

    private static KernelOperation Own(FusedStep step, double flops, params KernelLaunch[] launches)
    {
        string activation = step.Activation == Activation.None ? "" : $" {step.Activation}";
        return new KernelOperation($"{step.Node.Kind}{activation} {step.Result.Shape}", flops, launches);
    }
}

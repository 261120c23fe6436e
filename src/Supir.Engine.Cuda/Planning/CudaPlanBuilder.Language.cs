using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Planning;

/// <summary>What a language model adds: operations over states, and products of a single row.</summary>
internal sealed partial class CudaPlanBuilder
{
    private KernelOperation? Language(FusedStep step) => step.Node switch
    {
        RmsNormNode node => Own(step, Kernels.Language.RmsNorm(_kernels, View(node.Source), Singles(node.Gamma), node.Epsilon, View(step.Result), node.Source.Rows)),
        SwigluNode node => Own(step, Kernels.Language.Swiglu(_kernels, View(node.Source), View(step.Result), node.Source.Rows)),
        RopeNode node => Own(step, Kernels.Language.Rope(
            _kernels, View(node.Source), View(node.Position), Singles(Kernels.Language.Frequencies(node)), node.Heads, View(step.Result), node.Source.Rows)),
        AppendNode node => Own(step, Kernels.Language.Append(_kernels, View(node.Source), View(node.Position), node.State, states[node.State], node.Source.Rows)),
        CachedAttentionNode when step.Appended is AppendedRows rows => Own(step, AttendToken(step, rows)),
        CachedAttentionNode node => Own(step, Kernels.Language.Attend(
            _kernels, View(node.Query), states[node.KeyState], states[node.ValueState], node.KeyState, View(node.Position), View(step.Result), node.Query.Rows)),
        _ => null,
    };

    /// <summary>A product whose weights stay in 4 or 8 bits until they are in a register.</summary>
    private KernelOperation VectorProductOf(FusedStep step, DeviceMatrix source, DeviceWeights matrix, DeviceMatrix residual, DeviceMatrix target)
    {
        MatrixKey key = layout.MatrixOf(step);
        string name = $"vector product {key.Depth}x{key.PaddedOutputs} {(key.IsFourBit ? 4 : 8)} bit";
        RowNorm norm = step.Norm is RmsNormNode node ? new RowNorm(Singles(node.Gamma), node.Epsilon) : default;
        return new KernelOperation(
            name, 2.0 * key.Depth * key.PaddedOutputs,
            VectorProduct.Multiply(_kernels, services.Device, source, norm, key, matrix, residual, step.IsSwiglu, target));
    }

    private KernelLaunch AttendToken(FusedStep step, AppendedRows rows)
    {
        State state = rows.Keys.State;
        nint finished = counters + (_countersUsed * sizeof(int));
        _countersUsed += state.Heads;
        return TokenAttention.Attend(
            _kernels, services.Device, View(rows.Rope.Source), View(rows.Values.Source), View(rows.Rope.Position),
            Singles(Kernels.Language.Frequencies(rows.Rope)), state, (states[state], states[rows.Values.State]), At(step, Temporary.Partial), finished, View(step.Result));
    }
}

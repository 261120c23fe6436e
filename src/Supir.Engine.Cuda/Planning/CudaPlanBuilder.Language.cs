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
        CachedAttentionNode node => Own(step, Kernels.Language.Attend(
            _kernels, View(node.Query), states[node.KeyState], states[node.ValueState], node.KeyState, View(node.Position), View(step.Result), node.Query.Rows)),
        _ => null,
    };

    /// <summary>A product whose weights stay in 4 or 8 bits until they are in a register.</summary>
    private KernelOperation VectorProductOf(FusedStep step, DeviceMatrix source, DeviceWeights matrix, DeviceMatrix residual, DeviceMatrix target)
    {
        MatrixKey key = layout.MatrixOf(step);
        string name = $"vector product {key.Depth}x{key.PaddedOutputs} {(key.IsFourBit ? 4 : 8)} bit";
        return new KernelOperation(name, 2.0 * key.Depth * key.PaddedOutputs, VectorProduct.Multiply(_kernels, source, key, matrix, residual, target));
    }
}

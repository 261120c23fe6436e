using System.Reflection;
using System.Runtime.CompilerServices;
using Supir.Engine.Cpu.Operations;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>Has the runtime compile what a restoration spends its time in, before anything calls it: for a program that has a processor idle while it starts.</summary>
/// <remarks>Code made ahead of time cannot know the processor's widest vectors, so all of this is compiled in every process.</remarks>
public static class KernelCompilation
{
    private const BindingFlags Own =
        BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>In the order in which a restoration comes to them.</summary>
    private static IEnumerable<Type> Holders =>
    [
        typeof(FiniteHalves), typeof(MatrixPacker), typeof(LayerNormOperation), typeof(TransposedWidening),
        .. InstructionSets.Best == InstructionSet.Avx2
            ? new[] { typeof(MicroKernels256<FetchedRows>), typeof(WinogradTransform<Lanes256>), typeof(MicroKernels256<UnfetchedRows>) }
            : [typeof(MicroKernels512), typeof(WinogradTransform<Lanes512>)],
        typeof(Epilogue), typeof(MatrixTranspose), typeof(AttentionOperation), typeof(PanelWidening), typeof(Band), typeof(ChannelSums<Lanes256>),
        typeof(ChannelSums<ScalarLane>), typeof(NormSums), typeof(GroupNormAffine),
        typeof(NormalizeOperation), typeof(ActivationOperation), typeof(ZeroSftOperation), typeof(AddOperation),
    ];

    /// <summary>Compiles, on the calling thread.</summary>
    public static void Run()
    {
        if (InstructionSets.Best == InstructionSet.Scalar)
        {
            return;
        }

        foreach (Type holder in Holders)
        {
            RuntimeTypeHandle[] arguments = [.. holder.GetGenericArguments().Select(argument => argument.TypeHandle)];
            foreach (MethodInfo method in holder.GetMethods(Own).Where(method => method is { IsAbstract: false, ContainsGenericParameters: false }))
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
            }
        }
    }
}

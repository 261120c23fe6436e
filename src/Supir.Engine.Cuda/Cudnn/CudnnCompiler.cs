using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Operations;
using static Supir.Engine.Cuda.Interop.CudnnLibrary;

namespace Supir.Engine.Cuda.Cudnn;

/// <summary>Compiles a graph for some of cuDNN's engines. One for each thread.</summary>
internal sealed unsafe class CudnnCompiler(CudnnHandle handle)
{
    private const int MostSuggestions = 24;

    /// <summary>Workspace that an engine may take: what is planned for, and what is allowed where no engine is content with that.</summary>
    private static readonly long[] WorkspaceLimits = [ProductTuner.MostWorkspaceBytes, 1L << 30];

    /// <summary>The first engines that take the graph, in cuDNN's order, each with its number there.</summary>
    /// <param name="request">The graph.</param>
    /// <param name="most">How many are wanted.</param>
    /// <param name="known">The engine's number, where it is known already.</param>
    /// <param name="kept">Takes what has to live as long as the plans.</param>
    /// <exception cref="CudnnException">cuDNN does not take the description.</exception>
    public IReadOnlyList<(CudnnPlan Plan, int Index)> Compile(CudnnRequest request, int most, int? known, List<CudnnDescriptor> kept)
    {
        (CudnnDescriptor[] operations, long[] ids) = request.Describe(kept);
        kept.AddRange(operations);
        CudnnDescriptor graph = Keep(new CudnnDescriptor(CudnnDescriptorType.OperationGraph), kept);
        graph.SetHandle(CudnnAttribute.GraphHandle, handle.Value);
        graph.Set(CudnnAttribute.GraphOperations, operations);
        graph.Finish();

        List<CudnnDescriptor> suggestions = Suggestions(graph, kept);
        if (known is int index && index >= 0 && index < suggestions.Count && TryCompile(suggestions[index], ids, WorkspaceLimits[^1], kept) is CudnnPlan remembered)
        {
            return [(remembered, index)];
        }

        List<(CudnnPlan, int)> found = [];
        foreach (long limit in WorkspaceLimits)
        {
            for (int i = 0; i < suggestions.Count && found.Count < most; i++)
            {
                if (TryCompile(suggestions[i], ids, limit, kept) is CudnnPlan plan)
                {
                    found.Add((plan, i));
                }
            }

            if (found.Count > 0)
            {
                break;
            }
        }

        return found;
    }

    private CudnnPlan? TryCompile(CudnnDescriptor configuration, long[] ids, long workspaceLimit, List<CudnnDescriptor> kept)
    {
        CudnnDescriptor plan = Keep(new CudnnDescriptor(CudnnDescriptorType.ExecutionPlan), kept);
        plan.SetHandle(CudnnAttribute.PlanHandle, handle.Value);
        plan.Set(CudnnAttribute.PlanConfiguration, configuration);
        if (!plan.TryFinish())
        {
            return null;
        }

        long workspace = 0;
        int status = cudnnBackendGetAttribute(plan.Handle, CudnnAttribute.PlanWorkspaceBytes, CudnnAttributeType.Int64, 1, out _, &workspace);
        return status == 0 && workspace <= workspaceLimit ? new CudnnPlan(plan, handle, workspace, ids) : null;
    }

    private static List<CudnnDescriptor> Suggestions(CudnnDescriptor graph, List<CudnnDescriptor> kept)
    {
        List<CudnnDescriptor> found = [];
        nint* handles = stackalloc nint[MostSuggestions];
        foreach (int mode in (ReadOnlySpan<int>)[3, 2]) // CUDNN_HEUR_MODE_A, then _FALLBACK
        {
            CudnnDescriptor heuristics = Keep(new CudnnDescriptor(CudnnDescriptorType.EngineHeuristics), kept);
            heuristics.Set(CudnnAttribute.HeuristicsGraph, graph);
            heuristics.SetNumber(CudnnAttribute.HeuristicsMode, CudnnAttributeType.HeuristicsMode, mode);
            if (!heuristics.TryFinish())
            {
                continue;
            }

            CudnnDescriptor[] configurations = new CudnnDescriptor[MostSuggestions];
            for (int i = 0; i < MostSuggestions; i++)
            {
                configurations[i] = Keep(new CudnnDescriptor(CudnnDescriptorType.EngineConfiguration), kept);
                handles[i] = configurations[i].Handle;
            }

            int status = cudnnBackendGetAttribute(heuristics.Handle, CudnnAttribute.HeuristicsResults, CudnnAttributeType.Descriptor, MostSuggestions, out long count, handles);
            if (status == 0)
            {
                found.AddRange(configurations.Take((int)Math.Min(count, MostSuggestions)));
            }
        }

        return found;
    }

    private static CudnnDescriptor Keep(CudnnDescriptor descriptor, List<CudnnDescriptor> kept)
    {
        kept.Add(descriptor);
        return descriptor;
    }
}

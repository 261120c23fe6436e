using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Testing;

/// <summary>A small graph that exercises one operation, or one fusion of several, on one set of sizes.</summary>
/// <param name="Name">The operation and what is special about the sizes.</param>
/// <param name="Describe">Describes the graph with random weights; every call with equal random numbers gives the same graph.</param>
public sealed record OpCase(string Name, Action<Graph, RandomWeights> Describe)
{
    /// <summary>How much the operation may enlarge the rounding of what it reads: a normalisation divides by the spread, which may be
    /// far less than the numbers themselves.</summary>
    public double Amplification { get; init; } = 1;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The graph with weights that follow from a seed.</summary>
    public Graph Build(int seed)
    {
        Graph graph = new();
        Describe(graph, new RandomWeights(seed));
        return graph;
    }

    /// <summary>Random inputs for a graph: whole numbers for what is called "ids" or "index", normal numbers for the rest.</summary>
    public static Dictionary<string, float[]> InputsFor(Graph graph, int seed)
    {
        Random random = new(seed);
        Dictionary<string, float[]> inputs = [];
        foreach ((string name, Value value) in graph.Inputs)
        {
            float[] elements = new float[value.Shape.ElementCount];
            for (int i = 0; i < elements.Length; i++)
            {
                elements[i] = name switch
                {
                    "ids" => random.Next(OpTable.TableRows),
                    "index" => random.Next(OpTable.IndexRange),
                    "timesteps" => random.Next(1000),
                    _ => (float)((random.NextDouble() * 4) - 2),
                };
            }

            inputs.Add(name, elements);
        }

        return inputs;
    }

    /// <summary>Runs a graph on a backend and returns its outputs by name.</summary>
    public static Dictionary<string, float[]> Run(IBackend backend, Graph graph, IReadOnlyDictionary<string, float[]> inputs)
    {
        using IPlan plan = backend.Compile(graph);
        foreach ((string name, float[] elements) in inputs)
        {
            plan.SetInput(name, elements);
        }

        plan.Run();
        return Read(plan, graph);
    }

    /// <summary>All outputs of a plan that has run.</summary>
    public static Dictionary<string, float[]> Read(IPlan plan, Graph graph)
    {
        Dictionary<string, float[]> outputs = [];
        foreach ((string name, Value value) in graph.Outputs)
        {
            // Poisoned first: an element that is never written shows.
            float[] elements = new float[value.Shape.ElementCount];
            Array.Fill(elements, float.NaN);
            plan.GetOutput(name, elements);
            outputs.Add(name, elements);
        }

        return outputs;
    }
}

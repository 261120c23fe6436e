using System.Globalization;
using System.Reflection;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Benchmarks;

/// <summary>One product, convolution or attention of the full-size networks, at its real shape: a line of benchmarks/shapes.txt.</summary>
public sealed class KernelShape
{
    private const int KernelSide = 3;

    private readonly string _line;
    private readonly Action<Graph> _describe;
    private readonly Lazy<double> _executedFlops;

    private KernelShape(string line, Action<Graph> describe)
    {
        _line = line;
        _describe = describe;
        _executedFlops = new Lazy<double>(() =>
        {
            using CpuBackend backend = new(1);
            using CpuPlan plan = backend.Compile(Describe());
            return plan.Flops;
        });
    }

    /// <summary>Floating-point operations that one run executes; a multiplication with its addition counts as two.</summary>
    public double ExecutedFlops => _executedFlops.Value;

    /// <summary>Every shape of benchmarks/shapes.txt.</summary>
    public static IReadOnlyList<KernelShape> ReadAll()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("shapes.txt")
            ?? throw new InvalidOperationException("The program was built without benchmarks/shapes.txt.");
        using StreamReader reader = new(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')).Select(Parse)];
    }

    /// <summary>Reads a line of benchmarks/shapes.txt.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static KernelShape Parse(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] sizes = [.. words.Skip(1).Select(word => int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture))];
        return (words.FirstOrDefault(), sizes) switch
        {
            ("linear", [int rows, int inputs, int outputs]) =>
                new KernelShape(line, g => Linear(g, rows, inputs, outputs)),
            ("conv", [int side, int inputs, int outputs]) =>
                new KernelShape(line, g => Convolution(g, side, inputs, outputs)),
            ("attention", [int tokens, int heads, int depth]) =>
                new KernelShape(line, g => Attention(g, tokens, heads, depth)),
            _ => throw new FormatException($"'{line}' is no shape; benchmarks/shapes.txt says how one is written."),
        };
    }

    /// <summary>A graph of this one operation, from the input x to the output y. Weights are halves, as in the published files.</summary>
    public Graph Describe()
    {
        Graph graph = new();
        _describe(graph);
        return graph;
    }

    /// <inheritdoc/>
    public override string ToString() => _line;

    private static void Linear(Graph g, int rows, int inputs, int outputs) =>
        g.Output("y", g.Linear(g.Input("x", new Shape(1, rows, 1, inputs)), new LinearWeights(Halves(new Shape(outputs, inputs)))));

    private static void Convolution(Graph g, int side, int inputs, int outputs) => g.Output("y", g.Conv2d(
        g.Input("x", new Shape(1, side, side, inputs)),
        new LinearWeights(Halves(new Shape(outputs, inputs, KernelSide, KernelSide))),
        Conv2dOptions.SameSize));

    private static void Attention(Graph g, int tokens, int heads, int depth)
    {
        int width = heads * depth;
        Value x = g.Input("x", new Shape(1, tokens, 1, 3 * width));
        g.Output("y", g.Attention(g.Slice(x, 0, width), g.Slice(x, width, width), g.Slice(x, 2 * width, width), heads));
    }

    private static Weight Halves(Shape shape)
    {
        Random random = new(1);
        Half[] elements = new Half[shape.ElementCount];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = (Half)(random.NextSingle() - 0.5f);
        }

        return Weight.FromHalves("benchmark", shape, elements);
    }
}

using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Testing;

/// <summary>A graph with one array a value; <see cref="Run"/> walks through the values in the order of their description.</summary>
internal sealed class ReferencePlan : IPlan
{
    private readonly ReferenceBackend _backend;
    private readonly Graph _graph;
    private readonly float[][] _elements;

    public ReferencePlan(ReferenceBackend backend, Graph graph)
    {
        _backend = backend;
        _graph = graph;
        _elements = [.. graph.Values.Select(value =>
            // The rows of a state are the backend's.
            new float[value.Producer is AppendNode ? 0 : checked((int)value.Shape.ElementCount)])];
    }

    public long ArenaBytes => _elements.Sum(elements => (long)elements.Length * sizeof(float));

    public void SetInput(string name, ReadOnlySpan<float> elements) =>
        elements.CopyTo(Named(_graph.Inputs, name, "input", elements.Length));

    public void GetOutput(string name, Span<float> elements) =>
        Named(_graph.Outputs, name, "output", elements.Length).CopyTo(elements);

    public void Run(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        foreach (Value value in _graph.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Compute(value, _elements[value.Id]);
        }

        progress?.Report(1);
    }

    public void Dispose()
    {
        // Managed arrays only.
    }

    private float[] Named(IReadOnlyDictionary<string, Value> values, string name, string role, int count)
    {
        if (!values.TryGetValue(name, out Value? value))
        {
            throw new ArgumentException($"The graph has no {role} '{name}'.", nameof(name));
        }

        float[] elements = _elements[value.Id];
        return count == elements.Length
            ? elements
            : throw new ArgumentException($"The {role} '{name}' is {value.Shape}: {elements.Length} numbers, not {count}.", nameof(count));
    }

    private float[] At(Value value) => _elements[value.Id];

    private void Compute(Value value, float[] y)
    {
        switch (value.Producer)
        {
            case InputNode:
                break;
            case LinearNode n:
                ReferenceMatrixOperations.Convolve(n.Source, At(n.Source), _backend.Matrix(n.Weights), Conv2dOptions.Pointwise, value, y);
                break;
            case Conv2dNode n:
                ReferenceMatrixOperations.Convolve(n.Source, At(n.Source), _backend.Matrix(n.Weights), n.Options, value, y);
                break;
            case AttentionNode n:
                ReferenceMatrixOperations.Attend(n, At(n.Query), At(n.Key), At(n.Value), y);
                break;
            case GroupNormNode n:
                ReferenceNormOperations.GroupNorm(
                    value, At(n.Source), _backend.Floats(n.Gamma), _backend.Floats(n.Beta), n.Groups, n.Epsilon, y);
                break;
            case LayerNormNode n:
                ReferenceNormOperations.LayerNorm(
                    value, At(n.Source), _backend.Floats(n.Gamma), _backend.Floats(n.Beta), n.Epsilon, y);
                break;
            case ZeroSftNode n:
                ReferenceNormOperations.GroupNorm(
                    value, At(n.Source), _backend.Floats(n.Gamma), _backend.Floats(n.Beta), n.Groups, n.Epsilon, y);
                ReferenceNormOperations.Modulate(value.Channels, At(n.Modulation), At(n.Raw), At(n.Scale)[0], y);
                break;
            case ConcatNode n:
                ReferenceElementOperations.CopyChannels(At(n.First), n.First.Channels, 0, y, value.Channels, 0, n.First.Channels);
                ReferenceElementOperations.CopyChannels(
                    At(n.Second), n.Second.Channels, 0, y, value.Channels, n.First.Channels, n.Second.Channels);
                break;
            case SliceNode n:
                ReferenceElementOperations.CopyChannels(At(n.Source), n.Source.Channels, n.Start, y, value.Channels, 0, value.Channels);
                break;
            case AddNode n:
                ReferenceElementOperations.Add(n, At(n.First), At(n.Second), y);
                break;
            case AddScaledNode n:
                ReferenceElementOperations.AddScaled(At(n.First), At(n.Second), At(n.Scale)[0], y);
                break;
            case ActivationNode n:
                ReferenceElementOperations.Activate(At(n.Source), n.Function, y);
                break;
            case GegluNode n:
                ReferenceElementOperations.Geglu(At(n.Source), value.Channels, y);
                break;
            case TimestepEmbeddingNode n:
                ReferenceElementOperations.TimestepEmbedding(At(n.Timesteps), y);
                break;
            case GatherNode n:
                ReferenceElementOperations.Gather(n, At(n.Ids), _backend.Floats(n.Table), _backend.Floats(n.Positions), y);
                break;
            case SelectRowNode n:
                ReferenceElementOperations.SelectRow(n, At(n.Source), At(n.Index), y);
                break;
            case RmsNormNode n:
                ReferenceLanguageOperations.RmsNorm(At(n.Source), _backend.Floats(n.Gamma), n.Epsilon, y);
                break;
            case SwigluNode n:
                ReferenceLanguageOperations.Swiglu(At(n.Source), value.Channels, y);
                break;
            case RopeNode n:
                ReferenceLanguageOperations.Rope(n, At(n.Source), (int)At(n.Position)[0], y);
                break;
            case AppendNode n:
                ReferenceLanguageOperations.Append(n.State, At(n.Source), (int)At(n.Position)[0], _backend.Rows(n.State));
                break;
            case CachedAttentionNode n:
                ReferenceLanguageOperations.Attend(
                    n, At(n.Query), _backend.Rows(n.KeyState), _backend.Rows(n.ValueState), (int)At(n.Position)[0], y);
                break;
            default:
                throw new NotSupportedException($"The scalar reference does not know the operation {value.Producer.Kind}.");
        }
    }
}

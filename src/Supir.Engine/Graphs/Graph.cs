using Supir.Engine.Weights;

namespace Supir.Engine.Graphs;

/// <summary>A description of a computation: operations over symbolic values, written once for one size and compiled by a backend.</summary>
/// <remarks>Every method checks its arguments here, once; backends trust them. Fusion is the backend's work: describe each
/// operation on its own, as the paper's figure has it.</remarks>
public sealed class Graph
{
    private readonly List<Value> _values = [];
    private readonly Dictionary<string, Value> _inputs = [];
    private readonly Dictionary<string, Value> _outputs = [];

    /// <summary>All values in the order of their description, operands before results.</summary>
    public IReadOnlyList<Value> Values => _values;

    /// <summary>The named inputs.</summary>
    public IReadOnlyDictionary<string, Value> Inputs => _inputs;

    /// <summary>The named outputs.</summary>
    public IReadOnlyDictionary<string, Value> Outputs => _outputs;

    /// <summary>A value that the caller writes before a run: [batch, height, width, channels].</summary>
    public Value Input(string name, Shape shape, InputRate rate = InputRate.EveryStep)
    {
        Require(shape.Rank == 4, nameof(Input), name, "[N, H, W, C]", shape);
        Value value = Append(new InputNode(name, rate), shape, rate == InputRate.OncePerRun);
        _inputs.Add(name, value);
        return value;
    }

    /// <summary>Gives a value a name under which it can be read after a run.</summary>
    public void Output(string name, Value value)
    {
        RequireMine(value, nameof(Output), name);
        Require(value.Producer is not AppendNode, nameof(Output), name, "no state, which stays with its backend", value.Producer.Kind);
        _outputs.Add(name, value);
    }

    /// <summary>y = x Wᵀ + b over rows: [N, H, W, in] → [N, H, W, out].</summary>
    public Value Linear(Value source, LinearWeights weights)
    {
        Require(weights.KernelHeight == 1 && weights.KernelWidth == 1, nameof(Linear), nameof(weights), "a matrix or a 1×1 kernel", weights.Weights[0].Shape);
        Require(source.Channels == weights.InChannels, nameof(Linear), nameof(source), $"{weights.InChannels} channels wide for '{weights.Weights[0].Name}'", source.Shape);
        return Append(new LinearNode(source, weights), new Shape(source.Batch, source.Height, source.Width, weights.OutChannels));
    }

    /// <summary>A two-dimensional cross-correlation with zero padding: [N, H, W, in] → [N, H', W', out].</summary>
    public Value Conv2d(Value source, LinearWeights weights, Conv2dOptions options)
    {
        Require(source.Channels == weights.InChannels, nameof(Conv2d), nameof(source), $"{weights.InChannels} channels wide for '{weights.Weights[0].Name}'", source.Shape);
        int scale = options.UpsampleNearest2x ? 2 : 1;
        int height = (source.Height * scale) + options.PadTop + options.PadBottom - weights.KernelHeight;
        int width = (source.Width * scale) + options.PadLeft + options.PadRight - weights.KernelWidth;
        Require(height >= 0 && width >= 0, nameof(Conv2d), nameof(source), $"at least as large as the kernel of '{weights.Weights[0].Name}'", source.Shape);
        return Append(
            new Conv2dNode(source, weights, options),
            new Shape(source.Batch, (height / options.Stride) + 1, (width / options.Stride) + 1, weights.OutChannels));
    }

    /// <summary>Normalises each image's groups of channels to mean 0 and variance 1, then y = x · γ + β per channel.</summary>
    /// <remarks>Biased variance, as in torch.nn.GroupNorm.</remarks>
    public Value GroupNorm(Value source, Weight gamma, Weight beta, int groups, float epsilon)
    {
        RequireVector(nameof(GroupNorm), gamma, source.Channels);
        RequireVector(nameof(GroupNorm), beta, source.Channels);
        Require(source.Channels % groups == 0, nameof(GroupNorm), nameof(source), $"a multiple of {groups} channels wide", source.Shape);
        return Append(new GroupNormNode(source, gamma, beta, groups, epsilon), source.Shape);
    }

    /// <summary>Normalises each row to mean 0 and variance 1, then y = x · γ + β per channel.</summary>
    public Value LayerNorm(Value source, Weight gamma, Weight beta, float epsilon)
    {
        RequireVector(nameof(LayerNorm), gamma, source.Channels);
        RequireVector(nameof(LayerNorm), beta, source.Channels);
        return Append(new LayerNormNode(source, gamma, beta, epsilon), source.Shape);
    }

    /// <summary>softmax(Q Kᵀ / √d) V for each head, where head i has the channels [i·d, (i+1)·d) of query, key and value.</summary>
    /// <param name="query">[N, …, heads · d].</param>
    /// <param name="key">[N, …, heads · d], with as many positions as <paramref name="value"/>.</param>
    /// <param name="value">[N, …, heads · d].</param>
    /// <param name="heads">Heads; d = channels / heads.</param>
    /// <param name="causal">Whether position i sees only the keys 0…i.</param>
    public Value Attention(Value query, Value key, Value value, int heads, bool causal = false)
    {
        Require(query.Channels % heads == 0, nameof(Attention), nameof(query), $"a multiple of {heads} heads wide", query.Shape);
        Require(key.Channels == query.Channels && key.Batch == query.Batch, nameof(Attention), nameof(key), $"like the query {query.Shape} in batch and channels", key.Shape);
        Require(value.Shape == key.Shape, nameof(Attention), nameof(value), $"like the key {key.Shape}", value.Shape);
        Require(!causal || key.Positions == query.Positions, nameof(Attention), nameof(key), "as long as the query where attention is causal", key.Shape);
        return Append(new AttentionNode(query, key, value, heads, causal), query.Shape);
    }

    /// <summary>Channels of the first, then of the second.</summary>
    public Value Concat(Value first, Value second)
    {
        Require(
            first.Batch == second.Batch && first.Height == second.Height && first.Width == second.Width,
            nameof(Concat), nameof(second), $"like {first.Shape} in all but channels", second.Shape);
        return Append(
            new ConcatNode(first, second), new Shape(first.Batch, first.Height, first.Width, first.Channels + second.Channels));
    }

    /// <summary>The channels [start, start + count): a view, nothing is copied.</summary>
    public Value Slice(Value source, int start, int count)
    {
        Require(start >= 0 && count > 0 && start + count <= source.Channels, nameof(Slice), nameof(source), $"wide enough for channels {start} to {start + count}", source.Shape);
        return Append(new SliceNode(source, start), new Shape(source.Batch, source.Height, source.Width, count));
    }

    /// <summary>x + y; where y has one position an image, it is added to all positions of that image.</summary>
    public Value Add(Value first, Value second)
    {
        Require(
            second.Shape == first.Shape || (second.Batch == first.Batch && second.Positions == 1 && second.Channels == first.Channels),
            nameof(Add), nameof(second), $"{first.Shape} or one position of it", second.Shape);
        return Append(new AddNode(first, second), first.Shape);
    }

    /// <summary>x + y · s, with a single number s of shape [1, 1, 1, 1].</summary>
    public Value AddScaled(Value first, Value second, Value scale)
    {
        Require(second.Shape == first.Shape, nameof(AddScaled), nameof(second), first.Shape.ToString(), second.Shape);
        RequireScalar(nameof(AddScaled), scale);
        return Append(new AddScaledNode(first, second, scale), first.Shape);
    }

    /// <summary>Applies a function to every element.</summary>
    public Value Activate(Value source, Activation function) => Append(new ActivationNode(source, function), source.Shape);

    /// <summary>x · sigmoid(x).</summary>
    public Value Silu(Value source) => Activate(source, Activation.Silu);

    /// <summary>a · gelu(b), where a is the first half of the channels and b the second.</summary>
    public Value Geglu(Value source)
    {
        Require(source.Channels % 2 == 0, nameof(Geglu), nameof(source), "an even number of channels wide", source.Shape);
        return Append(new GegluNode(source), new Shape(source.Batch, source.Height, source.Width, source.Channels / 2));
    }

    /// <summary>Spatial feature transform: (groupnorm(x) · (m + 1) + a) · s + raw · (1 − s).</summary>
    /// <param name="source">x: [N, H, W, C].</param>
    /// <param name="gamma">γ of the normalisation, [C].</param>
    /// <param name="beta">β of the normalisation, [C].</param>
    /// <param name="groups">Groups of the normalisation.</param>
    /// <param name="epsilon">ε of the normalisation.</param>
    /// <param name="modulation">m, then a: [N, H, W, 2 C].</param>
    /// <param name="raw">What is mixed in where s is below 1: [N, H, W, C].</param>
    /// <param name="scale">s: [1, 1, 1, 1].</param>
    public Value ZeroSft(Value source, Weight gamma, Weight beta, int groups, float epsilon, Value modulation, Value raw, Value scale)
    {
        RequireVector(nameof(ZeroSft), gamma, source.Channels);
        RequireVector(nameof(ZeroSft), beta, source.Channels);
        Require(source.Channels % groups == 0, nameof(ZeroSft), nameof(source), $"a multiple of {groups} channels wide", source.Shape);
        Shape twice = new(source.Batch, source.Height, source.Width, 2 * source.Channels);
        Require(modulation.Shape == twice, nameof(ZeroSft), nameof(modulation), twice.ToString(), modulation.Shape);
        Require(raw.Shape == source.Shape, nameof(ZeroSft), nameof(raw), source.Shape.ToString(), raw.Shape);
        RequireScalar(nameof(ZeroSft), scale);
        return Append(new ZeroSftNode(source, gamma, beta, groups, epsilon, modulation, raw, scale), source.Shape);
    }

    /// <summary>cos(t · f₀…), then sin(t · f₀…), with fᵢ = 10000^(−i / (channels/2)).</summary>
    /// <param name="timesteps">t: [N, 1, W, 1]; the embeddings of the W numbers of a batch entry are put side by side.</param>
    /// <param name="channels">Channels of each embedding, even.</param>
    /// <returns>[N, 1, 1, W · channels].</returns>
    public Value TimestepEmbedding(Value timesteps, int channels)
    {
        Require(timesteps.Height == 1 && timesteps.Channels == 1, nameof(TimestepEmbedding), nameof(timesteps), "[N, 1, W, 1]", timesteps.Shape);
        Require(channels % 2 == 0, nameof(TimestepEmbedding), nameof(channels), "even", channels);
        return Append(new TimestepEmbeddingNode(timesteps), new Shape(timesteps.Batch, 1, 1, timesteps.Width * channels));
    }

    /// <summary>Row id of the table plus row position of the positions: [N, T, 1, 1] → [N, T, 1, C].</summary>
    public Value Gather(Value ids, Weight table, Weight positions)
    {
        Require(ids.Width == 1 && ids.Channels == 1, nameof(Gather), nameof(ids), "[N, T, 1, 1]", ids.Shape);
        Require(positions.Shape.Rank == 2 && positions.Shape[0] >= ids.Height && positions.Shape[1] == table.Shape[1], nameof(Gather), positions.Name, $"[{ids.Height} or more, {table.Shape[1]}]", positions.Shape);
        return Append(new GatherNode(ids, table, positions), new Shape(ids.Batch, ids.Height, 1, table.Shape[1]));
    }

    /// <summary>For each image or text, the row at an index: [N, T, 1, C] and [N, 1, 1, 1] → [N, 1, 1, C].</summary>
    public Value SelectRow(Value source, Value index)
    {
        Require(index.Shape == new Shape(source.Batch, 1, 1, 1), nameof(SelectRow), nameof(index), $"[{source.Batch}, 1, 1, 1]", index.Shape);
        return Append(new SelectRowNode(source, index), new Shape(source.Batch, 1, 1, source.Channels));
    }

    /// <summary>y = x / √(mean(x²) + ε) · γ for each row.</summary>
    public Value RmsNorm(Value source, Weight gamma, float epsilon)
    {
        RequireVector(nameof(RmsNorm), gamma, source.Channels);
        return Append(new RmsNormNode(source, gamma, epsilon), source.Shape);
    }

    /// <summary>silu(a) · b, where a is the first half of the channels and b the second.</summary>
    public Value Swiglu(Value source)
    {
        Require(source.Channels % 2 == 0, nameof(Swiglu), nameof(source), "an even number of channels wide", source.Shape);
        return Append(new SwigluNode(source), new Shape(source.Batch, source.Height, source.Width, source.Channels / 2));
    }

    /// <summary>Turns each head's pairs of channels (i, i + d/2) of row t by the angle (p + t) · θ^(−2i/d), d being the head's channels.</summary>
    /// <param name="source">[1, T, 1, heads · d].</param>
    /// <param name="position">p, the place of the first row: [1, 1, 1, 1].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="theta">θ.</param>
    public Value Rope(Value source, Value position, int heads, float theta)
    {
        Require(source.Batch == 1 && source.Channels % (2 * heads) == 0, nameof(Rope), nameof(source), $"of batch 1 and a multiple of {2 * heads} channels wide", source.Shape);
        RequireScalar(nameof(Rope), position);
        return Append(new RopeNode(source, position, heads, theta), source.Shape);
    }

    /// <summary>Writes rows into a state, from row p on; the result stands for all rows of the state after that.</summary>
    /// <param name="state">The state.</param>
    /// <param name="source">[1, T, 1, channels of the state].</param>
    /// <param name="position">p: [1, 1, 1, 1]; p + T is at most the state's positions.</param>
    public Value Append(State state, Value source, Value position)
    {
        Require(
            source.Batch == 1 && source.Width == 1 && source.Height <= state.Positions && source.Channels == state.Channels,
            nameof(Append), nameof(source), $"[1, up to {state.Positions}, 1, {state.Channels}]", source.Shape);
        RequireScalar(nameof(Append), position);
        return Append(new AppendNode(state, source, position), new Shape(1, state.Positions, 1, state.Channels));
    }

    /// <summary>softmax(Q Kᵀ / √d) V for each head, where query t sees the rows 0…p + t of the states.</summary>
    /// <param name="query">[1, T, 1, heads · d].</param>
    /// <param name="keys">What <see cref="Append(State, Value, Value)"/> gave for the keys.</param>
    /// <param name="values">What it gave for the values.</param>
    /// <param name="position">p: [1, 1, 1, 1].</param>
    public Value CachedAttention(Value query, Value keys, Value values, Value position)
    {
        Require(keys.Producer is AppendNode, nameof(CachedAttention), nameof(keys), "a state that rows were appended to", keys.Producer.Kind);
        Require(values.Producer is AppendNode, nameof(CachedAttention), nameof(values), "a state that rows were appended to", values.Producer.Kind);
        State state = ((AppendNode)keys.Producer).State;
        State other = ((AppendNode)values.Producer).State;
        Require(other.Positions == state.Positions && other.Heads == state.Heads && other.HeadChannels == state.HeadChannels && other.Type == state.Type, nameof(CachedAttention), nameof(values), $"like the keys {keys.Shape}", values.Shape);
        Require(query.Batch == 1 && query.Width == 1 && query.Channels == state.Channels, nameof(CachedAttention), nameof(query), $"[1, T, 1, {state.Channels}]", query.Shape);
        RequireScalar(nameof(CachedAttention), position);
        return Append(new CachedAttentionNode(query, keys, values, position), query.Shape);
    }

    private Value Append(Node node, Shape shape)
    {
        bool isPerRun = node.Operands.Count > 0;
        foreach (Value operand in node.Operands)
        {
            RequireMine(operand, node.Kind, "an operand");
            Require(operand.Producer is not AppendNode || node is CachedAttentionNode, node.Kind, "an operand", "no state, which attention alone reads", operand.Producer.Kind);
            isPerRun &= operand.IsPerRun;
        }

        return Append(node, shape, isPerRun);
    }

    private Value Append(Node node, Shape shape, bool isPerRun)
    {
        Value value = new(this, _values.Count, shape, node, isPerRun);
        _values.Add(value);
        return value;
    }

    private void RequireMine(Value value, string operation, string argument)
    {
        if (value.Graph != this)
        {
            throw new ShapeException(operation, argument, "a value of this graph", "one of another graph");
        }
    }

    private static void RequireVector(string operation, Weight weight, int length) =>
        Require(weight.Shape == new Shape(length), operation, weight.Name, $"[{length}]", weight.Shape);

    private static void RequireScalar(string operation, Value scale) =>
        Require(scale.Shape == new Shape(1, 1, 1, 1), operation, nameof(scale), "[1, 1, 1, 1]", scale.Shape);

    private static void Require(bool condition, string operation, string argument, string expected, object actual)
    {
        if (!condition)
        {
            throw new ShapeException(operation, argument, expected, actual);
        }
    }
}

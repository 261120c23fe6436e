using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Models.TextEncoders;

namespace Supir.Models.Llava;

/// <summary>A layer of LLaMA: causal self-attention with rotary positions and a gated feed-forward part, each behind a norm and around a shortcut.</summary>
/// <remarks>Touvron et al. 2023, "LLaMA", arXiv:2302.13971; by the names of Hugging Face's LlamaModel.</remarks>
internal sealed class LlamaLayer
{
    private readonly int _heads;
    private readonly LlavaConfig _config;
    private readonly Weight _norm1;
    private readonly LinearWeights _queryKeyValue;
    private readonly LinearWeights _output;
    private readonly Weight _norm2;
    private readonly LinearWeights _gateAndUp;
    private readonly LinearWeights _down;
    private readonly State _keys;
    private readonly State _values;

    /// <summary>Reads a layer.</summary>
    /// <param name="weights">Where it lies.</param>
    /// <param name="channels">Width of a token.</param>
    /// <param name="positions">The most tokens there will be.</param>
    /// <param name="config">Heads, and how weights and keys are kept.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public LlamaLayer(WeightReader weights, int channels, int positions, LlavaConfig config)
    {
        _config = config;
        _heads = config.LanguageHeadsOf(channels);
        int hidden = TextTower.ShapeOfMatrix(weights, "mlp.gate_proj.weight")[0];
        _norm1 = weights.Read("input_layernorm.weight", new Shape(channels));
        _queryKeyValue = Matrix(weights, channels, channels, "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
        _output = Matrix(weights, channels, channels, "self_attn.o_proj");
        _norm2 = weights.Read("post_attention_layernorm.weight", new Shape(channels));
        _gateAndUp = Matrix(weights, hidden, channels, "mlp.gate_proj", "mlp.up_proj");
        _down = Matrix(weights, channels, hidden, "mlp.down_proj");
        _keys = new State(weights.FullNameOf("keys"), positions, _heads, channels / _heads, config.CacheType);
        _values = new State(weights.FullNameOf("values"), positions, _heads, channels / _heads, config.CacheType);
    }

    /// <summary>In how many bits most of it is kept.</summary>
    public WeightPrecision Precision => _gateAndUp.Precision!.Value;

    /// <summary>Describes the layer; the shape [1, tokens, 1, channels] stays.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">The tokens.</param>
    /// <param name="position">The place of the first.</param>
    /// <param name="isFirst">Whether nothing came before, so that the tokens attend to themselves alone.</param>
    public Value Forward(Graph g, Value x, Value position, bool isFirst)
    {
        Value stacked = g.Linear(g.RmsNorm(x, _norm1, _config.NormEpsilon), _queryKeyValue); // [1, tokens, 1, 3 · channels]
        Value turned = g.Rope(g.Slice(stacked, 0, 2 * x.Channels), position, 2 * _heads, _config.RopeTheta);
        Value q = g.Slice(turned, 0, x.Channels);
        Value k = g.Slice(turned, x.Channels, x.Channels);
        Value v = g.Slice(stacked, 2 * x.Channels, x.Channels);
        Value keys = g.Append(_keys, k, position);
        Value values = g.Append(_values, v, position);
        Value attended = isFirst ? g.Attention(q, k, v, _heads, causal: true) : g.CachedAttention(q, keys, values, position);
        Value h = g.Add(x, g.Linear(attended, _output));

        Value hidden = g.Swiglu(g.Linear(g.RmsNorm(h, _norm2, _config.NormEpsilon), _gateAndUp));
        return g.Add(h, g.Linear(hidden, _down));
    }

    private LinearWeights Matrix(WeightReader weights, int outChannels, int inChannels, params ReadOnlySpan<string> names)
    {
        List<Weight> parts = [];
        foreach (string name in names)
        {
            parts.Add(weights.Read($"{name}.weight", new Shape(outChannels, inChannels), canBeFourBit: true));
        }

        return new LinearWeights(parts, []) { Precision = _config.PrecisionOf(parts) };
    }
}

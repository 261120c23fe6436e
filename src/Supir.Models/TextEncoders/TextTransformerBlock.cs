using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Models.Layers;

namespace Supir.Models.TextEncoders;

/// <summary>A layer of CLIP's text tower: causal self-attention and a feed-forward part, each behind a norm and around a shortcut.</summary>
/// <remarks>Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", arXiv:2103.00020.
/// Both towers of SDXL have it, under different names.</remarks>
internal sealed class TextTransformerBlock
{
    private readonly int _heads;
    private readonly LayerNorm _norm1;
    private readonly Linear _queryKeyValue;
    private readonly Linear _output;
    private readonly LayerNorm _norm2;
    private readonly Linear _expand;
    private readonly Linear _contract;
    private readonly Activation _activation;

    private TextTransformerBlock(Names names, int channels, Activation activation, WeightReader weights, Linear queryKeyValue)
    {
        Weight expand = TextTower.ReadMatrix(weights, $"{names.Expand}.weight");
        int hidden = expand.Shape[0];
        _heads = TextTower.Heads(channels);
        _norm1 = new LayerNorm(weights.Under(names.Norm1), channels);
        _queryKeyValue = queryKeyValue;
        _output = new Linear(weights.Under(names.Output), channels, channels);
        _norm2 = new LayerNorm(weights.Under(names.Norm2), channels);
        _expand = new Linear(new LinearWeights(expand, weights.Read($"{names.Expand}.bias", new Shape(hidden))));
        _contract = new Linear(weights.Under(names.Contract), hidden, channels);
        _activation = activation;
    }

    /// <summary>Reads a layer by the names of Hugging Face's CLIPTextModel; its GELU is OpenAI's approximation.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public static TextTransformerBlock OfHuggingFace(WeightReader weights, int channels)
    {
        Names names = new("layer_norm1", "self_attn.out_proj", "layer_norm2", "mlp.fc1", "mlp.fc2");
        Linear queryKeyValue = new(
            [weights.Under("self_attn.q_proj"), weights.Under("self_attn.k_proj"), weights.Under("self_attn.v_proj")],
            new Shape(channels, channels));
        return new TextTransformerBlock(names, channels, Activation.QuickGelu, weights, queryKeyValue);
    }

    /// <summary>Reads a layer by OpenCLIP's names, which has query, key and value in one matrix; its GELU is the exact one.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public static TextTransformerBlock OfOpenClip(WeightReader weights, int channels)
    {
        Names names = new("ln_1", "attn.out_proj", "ln_2", "mlp.c_fc", "mlp.c_proj");
        Weight matrix = weights.Read("attn.in_proj_weight", new Shape(3 * channels, channels));
        Weight bias = weights.Read("attn.in_proj_bias", new Shape(3 * channels));
        return new TextTransformerBlock(names, channels, Activation.Gelu, weights, new Linear(new LinearWeights(matrix, bias)));
    }

    /// <summary>Describes the layer; the shape [N, tokens, 1, channels] stays.</summary>
    public Value Forward(Graph g, Value x)
    {
        Value stacked = _queryKeyValue.Forward(g, _norm1.Forward(g, x)); // [N, tokens, 1, 3 · channels]
        Value q = g.Slice(stacked, 0, x.Channels);
        Value k = g.Slice(stacked, x.Channels, x.Channels);
        Value v = g.Slice(stacked, 2 * x.Channels, x.Channels);
        Value h = g.Add(_output.Forward(g, g.Attention(q, k, v, _heads, causal: true)), x);

        Value hidden = g.Activate(_expand.Forward(g, _norm2.Forward(g, h)), _activation);
        return g.Add(_contract.Forward(g, hidden), h);
    }

    private sealed record Names(string Norm1, string Output, string Norm2, string Expand, string Contract);
}

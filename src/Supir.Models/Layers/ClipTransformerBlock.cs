using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Models.TextEncoders;

namespace Supir.Models.Layers;

/// <summary>A layer of one of CLIP's towers: self-attention, causal for text, and a feed-forward part, each behind a norm and around a shortcut.</summary>
/// <remarks>Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", arXiv:2103.00020.
/// Both text towers of SDXL and the vision tower of LLaVA have it, under different names.</remarks>
internal sealed class ClipTransformerBlock
{
    private readonly int _heads;
    private readonly bool _isCausal;
    private readonly LayerNorm _norm1;
    private readonly Linear _queryKeyValue;
    private readonly Linear _output;
    private readonly LayerNorm _norm2;
    private readonly Linear _expand;
    private readonly Linear _contract;
    private readonly Activation _activation;

    private ClipTransformerBlock(Names names, int channels, int heads, bool isCausal, Activation activation, WeightReader weights, Linear queryKeyValue)
    {
        Weight expand = TextTower.ReadMatrix(weights, $"{names.Expand}.weight");
        int hidden = expand.Shape[0];
        _heads = heads;
        _isCausal = isCausal;
        _norm1 = new LayerNorm(weights.Under(names.Norm1), channels);
        _queryKeyValue = queryKeyValue;
        _output = new Linear(weights.Under(names.Output), channels, channels);
        _norm2 = new LayerNorm(weights.Under(names.Norm2), channels);
        _expand = new Linear(new LinearWeights(expand, weights.Read($"{names.Expand}.bias", new Shape(hidden))));
        _contract = new Linear(weights.Under(names.Contract), hidden, channels);
        _activation = activation;
    }

    /// <summary>Reads a layer of the text tower by the names of Hugging Face's CLIPTextModel; its GELU is OpenAI's approximation.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public static ClipTransformerBlock OfHuggingFace(WeightReader weights, int channels) =>
        OfHuggingFace(weights, channels, TextTower.Heads(channels), isCausal: true);

    /// <summary>Reads a layer of the vision tower by the names of Hugging Face's CLIPVisionModel.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public static ClipTransformerBlock OfVisionTower(WeightReader weights, int channels, int heads) =>
        OfHuggingFace(weights, channels, heads, isCausal: false);

    private static ClipTransformerBlock OfHuggingFace(WeightReader weights, int channels, int heads, bool isCausal)
    {
        Names names = new("layer_norm1", "self_attn.out_proj", "layer_norm2", "mlp.fc1", "mlp.fc2");
        Linear queryKeyValue = new(
            [weights.Under("self_attn.q_proj"), weights.Under("self_attn.k_proj"), weights.Under("self_attn.v_proj")],
            new Shape(channels, channels));
        return new ClipTransformerBlock(names, channels, heads, isCausal, Activation.QuickGelu, weights, queryKeyValue);
    }

    /// <summary>Reads a layer by OpenCLIP's names, which has query, key and value in one matrix; its GELU is the exact one.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public static ClipTransformerBlock OfOpenClip(WeightReader weights, int channels)
    {
        Names names = new("ln_1", "attn.out_proj", "ln_2", "mlp.c_fc", "mlp.c_proj");
        Weight matrix = weights.Read("attn.in_proj_weight", new Shape(3 * channels, channels));
        Weight bias = weights.Read("attn.in_proj_bias", new Shape(3 * channels));
        return new ClipTransformerBlock(names, channels, TextTower.Heads(channels), isCausal: true, Activation.Gelu, weights, new Linear(new LinearWeights(matrix, bias)));
    }

    /// <summary>Describes the layer; the shape [N, tokens, 1, channels] stays.</summary>
    public Value Forward(Graph g, Value x)
    {
        Value stacked = _queryKeyValue.Forward(g, _norm1.Forward(g, x)); // [N, tokens, 1, 3 · channels]
        Value q = g.Slice(stacked, 0, x.Channels);
        Value k = g.Slice(stacked, x.Channels, x.Channels);
        Value v = g.Slice(stacked, 2 * x.Channels, x.Channels);
        Value h = g.Add(_output.Forward(g, g.Attention(q, k, v, _heads, _isCausal)), x);

        Value hidden = g.Activate(_expand.Forward(g, _norm2.Forward(g, h)), _activation);
        return g.Add(_contract.Forward(g, hidden), h);
    }

    private sealed record Names(string Norm1, string Output, string Norm2, string Expand, string Contract);
}

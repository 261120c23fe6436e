using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.UNet;

/// <summary>The half of the UNet that goes down, and its middle: the part that the control network has too.</summary>
/// <remarks>Source: <c>input_blocks</c> and <c>middle_block</c> of <c>UNetModel</c> in
/// sgm/modules/diffusionmodules/openaimodel.py (SUPIR @ bda91af).</remarks>
public sealed class UNetEncoder
{
    private readonly Conv2d _first;
    private readonly Level[] _levels;
    private readonly UNetBlock _middle1;
    private readonly ResnetBlock _middle2;
    private readonly List<int> _featureChannels = [];

    /// <summary>Reads <c>input_blocks</c> and <c>middle_block</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public UNetEncoder(WeightReader weights, UNetConfig config)
    {
        int channels = config.ModelChannels;
        _first = new Conv2d(weights.Under("input_blocks.0.0"), config.InChannels, channels, kernelSize: 3, Conv2dOptions.SameSize);
        _featureChannels.Add(channels);

        _levels = new Level[config.ChannelMultipliers.Count];
        for (int i = 0; i < _levels.Length; i++)
        {
            UNetBlock[] blocks = new UNetBlock[config.ResidualBlocks];
            for (int j = 0; j < blocks.Length; j++)
            {
                int outChannels = config.ModelChannels * config.ChannelMultipliers[i];
                blocks[j] = new UNetBlock(
                    weights.Under($"input_blocks.{_featureChannels.Count}"), config, channels, outChannels, config.TransformerDepthAt(i));
                channels = outChannels;
                _featureChannels.Add(channels);
            }

            Conv2d? downsample = null;
            if (i < _levels.Length - 1)
            {
                WeightReader block = weights.Under($"input_blocks.{_featureChannels.Count}.0.op");
                downsample = new Conv2d(block, channels, channels, kernelSize: 3, Conv2dOptions.HalfSize);
                _featureChannels.Add(channels);
            }

            _levels[i] = new Level(blocks, downsample);
        }

        // The middle attends on every configuration, as deeply as the coarsest level is set to.
        _middle1 = new UNetBlock(weights.Under("middle_block"), config, channels, channels, config.TransformerDepths[^1]);
        _middle2 = new ResnetBlock(weights.Under("middle_block.2"), channels, channels, config.TimeEmbeddingChannels);
        _featureChannels.Add(channels);
    }

    /// <summary>Channels of each feature that <see cref="Forward"/> gives.</summary>
    public IReadOnlyList<int> FeatureChannels => _featureChannels;

    /// <summary>Describes the encoder.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">The noisy latent: [N, H, W, in].</param>
    /// <param name="embedding">What <see cref="TimestepEmbedding"/> gives.</param>
    /// <param name="context">The text: [N, tokens, 1, context].</param>
    /// <param name="hint">What the control network adds to the first feature: [N, H, W, model]; otherwise <c>null</c>.</param>
    /// <returns>The features in front of, between and behind the blocks, finest first; the last is the middle's.</returns>
    public IReadOnlyList<Value> Forward(Graph g, Value x, Value embedding, Value context, Value? hint = null)
    {
        Value h = _first.Forward(g, x);
        if (hint is not null)
        {
            h = g.Add(h, hint);
        }

        List<Value> features = [h];
        foreach (Level level in _levels)
        {
            foreach (UNetBlock block in level.Blocks)
            {
                h = block.Forward(g, h, embedding, context);
                features.Add(h);
            }

            if (level.Downsample is not null)
            {
                h = level.Downsample.Forward(g, h);
                features.Add(h);
            }
        }

        h = _middle2.Forward(g, _middle1.Forward(g, h, embedding, context), embedding);
        features.Add(h);
        return features;
    }

    private sealed record Level(UNetBlock[] Blocks, Conv2d? Downsample);
}

using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.UNet;

/// <summary>The half of the UNet that goes up, with a connector to the control network in front of every block.</summary>
/// <remarks>The connectors' widths follow from the features that they join; for SDXL's sizes they are the reference's mode "XL-base".
/// Source: <c>LightGLVUNet</c> in SUPIR/modules/SUPIR_v0.py, <c>output_blocks</c> in
/// sgm/modules/diffusionmodules/openaimodel.py (SUPIR @ bda91af).</remarks>
public sealed class ControlledDecoder
{
    private readonly ZeroSft _middleConnector;
    private readonly List<Step> _steps = [];

    /// <summary>Reads <c>output_blocks</c> and <c>project_modules</c>.</summary>
    /// <param name="weights">Where they lie.</param>
    /// <param name="config">The UNet's sizes.</param>
    /// <param name="featureChannels">Channels of the encoder's features, finest first, the middle last.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public ControlledDecoder(WeightReader weights, UNetConfig config, IReadOnlyList<int> featureChannels)
    {
        // The decoder meets the connectors from the last to the first: one a feature, one more where it doubles in size.
        int connector = featureChannels.Count + config.ChannelMultipliers.Count - 1;
        WeightReader NextConnector() => weights.Under($"project_modules.{--connector}");
        int ControlChannels(int feature) => featureChannels[feature] * config.ProjectChannelScale / 2;

        int middle = featureChannels.Count - 1;
        int channels = featureChannels[middle];
        _middleConnector = new ZeroSft(NextConnector(), ControlChannels(middle), channels, decoderChannels: 0);

        int feature = middle;
        for (int level = config.ChannelMultipliers.Count - 1; level >= 0; level--)
        {
            int depth = config.TransformerDepthAt(level);
            int outChannels = config.ModelChannels * config.ChannelMultipliers[level];
            for (int i = 0; i <= config.ResidualBlocks; i++)
            {
                feature--;
                ZeroSft merge = new(NextConnector(), ControlChannels(feature), featureChannels[feature], channels);
                WeightReader place = weights.Under($"output_blocks.{_steps.Count}");
                UNetBlock block = new(place, config, channels + featureChannels[feature], outChannels, depth);
                channels = outChannels;

                bool doubles = level > 0 && i == config.ResidualBlocks;
                ZeroCrossAttention? attend = doubles
                    ? new ZeroCrossAttention(NextConnector(), ControlChannels(feature), channels)
                    : null;
                Conv2d? upsample = doubles
                    ? new Conv2d(place.Under("2.conv"), channels, channels, kernelSize: 3, Conv2dOptions.DoubleSize)
                    : null;
                _steps.Add(new Step(merge, block, attend, upsample));
            }
        }
    }

    /// <summary>Describes the decoder.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="features">The encoder's features, finest first, the middle last.</param>
    /// <param name="control">The control network's, in the same order and of the same sizes.</param>
    /// <param name="embedding">What <see cref="TimestepEmbedding"/> gives.</param>
    /// <param name="context">The text: [N, tokens, 1, context].</param>
    /// <param name="scale">How much of the control there is, 0 for none: [1, 1, 1, 1].</param>
    /// <returns>[N, H, W, model].</returns>
    public Value Forward(
        Graph g, IReadOnlyList<Value> features, IReadOnlyList<Value> control, Value embedding, Value context, Value scale)
    {
        int feature = features.Count - 1;
        Value h = _middleConnector.Forward(g, control[feature], features[feature], decoded: null, scale);
        foreach (Step step in _steps)
        {
            feature--;
            h = step.Merge.Forward(g, control[feature], features[feature], h, scale);
            h = step.Block.Forward(g, h, embedding, context);
            h = step.Attend?.Forward(g, control[feature], h, scale) ?? h;
            h = step.Upsample?.Forward(g, h) ?? h;
        }

        return h;
    }

    private sealed record Step(ZeroSft Merge, UNetBlock Block, ZeroCrossAttention? Attend, Conv2d? Upsample);
}

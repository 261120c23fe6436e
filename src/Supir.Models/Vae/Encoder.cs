using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.Vae;

/// <summary>From a picture to the moments of its latent, before <c>quant_conv</c>: residual blocks on levels that halve.</summary>
/// <remarks>Source: <c>Encoder</c> in sgm/modules/diffusionmodules/model.py (SUPIR @ bda91af).</remarks>
public sealed class Encoder
{
    private readonly Conv2d _first;
    private readonly Level[] _levels;
    private readonly MiddleBlock _middle;
    private readonly GroupNorm _lastNorm;
    private readonly Conv2d _last;

    /// <summary>Reads <c>conv_in</c>, <c>down</c>, <c>mid</c>, <c>norm_out</c>, <c>conv_out</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public Encoder(WeightReader weights, VaeConfig config)
    {
        int channels = config.Channels;
        _first = new Conv2d(weights.Under("conv_in"), config.InChannels, channels, kernelSize: 3, Conv2dOptions.SameSize);
        _levels = new Level[config.ChannelMultipliers.Count];
        for (int i = 0; i < _levels.Length; i++)
        {
            WeightReader level = weights.Under($"down.{i}");
            ResnetBlock[] blocks = new ResnetBlock[config.ResidualBlocks];
            for (int j = 0; j < blocks.Length; j++)
            {
                int outChannels = config.Channels * config.ChannelMultipliers[i];
                blocks[j] = new ResnetBlock(level.Under($"block.{j}"), channels, outChannels);
                channels = outChannels;
            }

            Conv2d? downsample = i == _levels.Length - 1
                ? null
                : new Conv2d(level.Under("downsample.conv"), channels, channels, kernelSize: 3, Conv2dOptions.HalfSizePaddedAtEnd);
            _levels[i] = new Level(blocks, downsample);
        }

        _middle = new MiddleBlock(weights.Under("mid"), channels);
        _lastNorm = new GroupNorm(weights.Under("norm_out"), channels, GroupNorm.VaeEpsilon);
        _last = new Conv2d(weights.Under("conv_out"), channels, 2 * config.LatentChannels, kernelSize: 3, Conv2dOptions.SameSize);
    }

    /// <summary>Describes the encoder: [N, H, W, picture] → [N, H/8, W/8, 2 · latent] where there are four levels.</summary>
    public Value Forward(Graph g, Value image)
    {
        Value h = _first.Forward(g, image);
        foreach (Level level in _levels)
        {
            foreach (ResnetBlock block in level.Blocks)
            {
                h = block.Forward(g, h);
            }

            h = level.Downsample?.Forward(g, h) ?? h;
        }

        h = _middle.Forward(g, h);
        return _last.Forward(g, g.Silu(_lastNorm.Forward(g, h)));
    }

    private sealed record Level(ResnetBlock[] Blocks, Conv2d? Downsample);
}

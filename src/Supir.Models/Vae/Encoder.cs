using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.Vae;

/// <summary>From a picture to the moments of its latent, before <c>quant_conv</c>: residual blocks on levels that halve.</summary>
/// <remarks>Source: <c>Encoder</c> in sgm/modules/diffusionmodules/model.py (SUPIR @ bda91af).</remarks>
public sealed class Encoder
{
    private readonly MiddleBlock _middle;
    private readonly GroupNorm _lastNorm;
    private readonly Conv2d _last;

    /// <summary>Reads <c>conv_in</c>, <c>down</c>, <c>mid</c>, <c>norm_out</c>, <c>conv_out</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public Encoder(WeightReader weights, VaeConfig config)
    {
        int channels = config.Channels;
        First = new Conv2d(weights.Under("conv_in"), config.InChannels, channels, kernelSize: 3, Conv2dOptions.SameSize);
        Level[] levels = new Level[config.ChannelMultipliers.Count];
        for (int i = 0; i < levels.Length; i++)
        {
            WeightReader level = weights.Under($"down.{i}");
            ResnetBlock[] blocks = new ResnetBlock[config.ResidualBlocks];
            for (int j = 0; j < blocks.Length; j++)
            {
                int outChannels = config.Channels * config.ChannelMultipliers[i];
                blocks[j] = new ResnetBlock(level.Under($"block.{j}"), channels, outChannels);
                channels = outChannels;
            }

            Conv2d? downsample = i == levels.Length - 1
                ? null
                : new Conv2d(level.Under("downsample.conv"), channels, channels, kernelSize: 3, Conv2dOptions.HalfSizePaddedAtEnd);
            levels[i] = new Level(blocks, downsample);
        }

        Levels = levels;
        _middle = new MiddleBlock(weights.Under("mid"), channels);
        _lastNorm = new GroupNorm(weights.Under("norm_out"), channels, GroupNorm.VaeEpsilon);
        _last = new Conv2d(weights.Under("conv_out"), channels, 2 * config.LatentChannels, kernelSize: 3, Conv2dOptions.SameSize);
    }

    /// <summary>The first convolution.</summary>
    internal Conv2d First { get; }

    /// <summary>The levels in the order in which they run.</summary>
    internal IReadOnlyList<Level> Levels { get; }

    /// <summary>Describes the encoder: [N, H, W, picture] → [N, H/8, W/8, 2 · latent] where there are four levels.</summary>
    public Value Forward(Graph g, Value image)
    {
        Value h = First.Forward(g, image);
        foreach (Level level in Levels)
        {
            foreach (ResnetBlock block in level.Blocks)
            {
                h = block.Forward(g, h);
            }

            h = level.Downsample?.Forward(g, h) ?? h;
        }

        return ForwardMiddle(g, h);
    }

    /// <summary>Describes what comes behind the levels: [N, H, W, channels] → [N, H, W, 2 · latent].</summary>
    internal Value ForwardMiddle(Graph g, Value h)
    {
        h = _middle.Forward(g, h);
        return _last.Forward(g, g.Silu(_lastNorm.Forward(g, h)));
    }

    /// <summary>Residual blocks, and the halving behind them where there is one.</summary>
    internal sealed record Level(ResnetBlock[] Blocks, Conv2d? Downsample);
}

using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.Vae;

/// <summary>From a latent, after <c>post_quant_conv</c>, to a picture: residual blocks on levels that double.</summary>
/// <remarks>Source: <c>Decoder</c> in sgm/modules/diffusionmodules/model.py (SUPIR @ bda91af).</remarks>
public sealed class Decoder
{
    private readonly Conv2d _first;
    private readonly MiddleBlock _middle;
    private readonly Level[] _levels;

    /// <summary>Reads <c>conv_in</c>, <c>mid</c>, <c>up</c>, <c>norm_out</c>, <c>conv_out</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public Decoder(WeightReader weights, VaeConfig config)
    {
        int channels = config.Channels * config.ChannelMultipliers[^1];
        _first = new Conv2d(weights.Under("conv_in"), config.LatentChannels, channels, kernelSize: 3, Conv2dOptions.SameSize);
        _middle = new MiddleBlock(weights.Under("mid"), channels);
        _levels = new Level[config.ChannelMultipliers.Count];
        for (int i = _levels.Length - 1; i >= 0; i--)
        {
            WeightReader level = weights.Under($"up.{i}");
            ResnetBlock[] blocks = new ResnetBlock[config.ResidualBlocks + 1];
            for (int j = 0; j < blocks.Length; j++)
            {
                int outChannels = config.Channels * config.ChannelMultipliers[i];
                blocks[j] = new ResnetBlock(level.Under($"block.{j}"), channels, outChannels);
                channels = outChannels;
            }

            Conv2d? upsample = i == 0
                ? null
                : new Conv2d(level.Under("upsample.conv"), channels, channels, kernelSize: 3, Conv2dOptions.DoubleSize);
            _levels[i] = new Level(blocks, upsample);
        }

        LastNorm = new GroupNorm(weights.Under("norm_out"), channels, GroupNorm.VaeEpsilon);
        Last = new Conv2d(weights.Under("conv_out"), channels, config.OutChannels, kernelSize: 3, Conv2dOptions.SameSize);
    }

    /// <summary>The levels in the order in which they run.</summary>
    internal IEnumerable<Level> Levels => _levels.Reverse();

    /// <summary>The norm in front of the last convolution.</summary>
    internal GroupNorm LastNorm { get; }

    /// <summary>The last convolution.</summary>
    internal Conv2d Last { get; }

    /// <summary>Describes the decoder: [N, H, W, latent] → [N, 8 H, 8 W, picture] where there are four levels.</summary>
    public Value Forward(Graph g, Value latent)
    {
        Value h = ForwardMiddle(g, latent);
        foreach (Level level in Levels)
        {
            foreach (ResnetBlock block in level.Blocks)
            {
                h = block.Forward(g, h);
            }

            h = level.Upsample?.Forward(g, h) ?? h;
        }

        return Last.Forward(g, g.Silu(LastNorm.Forward(g, h)));
    }

    /// <summary>Describes what comes before the levels: [N, H, W, latent] → [N, H, W, channels].</summary>
    internal Value ForwardMiddle(Graph g, Value latent) => _middle.Forward(g, _first.Forward(g, latent));

    /// <summary>Residual blocks, and the doubling behind them where there is one.</summary>
    internal sealed record Level(ResnetBlock[] Blocks, Conv2d? Upsample);
}

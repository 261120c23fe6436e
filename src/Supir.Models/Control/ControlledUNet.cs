using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.UNet;

namespace Supir.Models.Control;

/// <summary>The control network and the UNet that it steers, in one graph: one step of the diffusion.</summary>
/// <remarks>Source: <c>ControlWrapper</c> in sgm/modules/diffusionmodules/wrappers.py (SUPIR @ bda91af).</remarks>
public sealed class ControlledUNet
{
    /// <summary>Input, every step: the noisy latent, scaled to unit variance, [N, H, W, in].</summary>
    public const string Latent = "latent";

    /// <summary>Input, every step: the timestep, 0 to 999, [N, 1, 1, 1].</summary>
    public const string Timestep = "timestep";

    /// <summary>Input, every step: how much of the control there is, 0 for none, [1, 1, 1, 1].</summary>
    public const string ControlScale = "control_scale";

    /// <summary>Input, once a run: the text, [N, tokens, 1, context].</summary>
    public const string Context = "context";

    /// <summary>Input, once a run: the pooled text and the sizes, [N, 1, 1, vector].</summary>
    public const string Vector = "vector";

    /// <summary>Input, once a run: the latent of the picture to be restored, [N, H, W, in].</summary>
    public const string LowQuality = "control";

    /// <summary>Output: the predicted noise, [N, H, W, out].</summary>
    public const string Noise = "noise";

    private readonly UNetConfig _config;
    private readonly GlvControl _control;
    private readonly LightGlvUNet _unet;

    /// <summary>Reads both networks.</summary>
    /// <param name="weights">The reader of the whole checkpoint; the names lie under <c>model.control_model</c> and
    /// <c>model.diffusion_model</c>.</param>
    /// <param name="unet">The sizes of the UNet.</param>
    /// <param name="control">The sizes of the control network.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public ControlledUNet(WeightReader weights, UNetConfig unet, UNetConfig control)
    {
        _config = unet;
        _control = new GlvControl(weights.Under("model.control_model"), control);
        _unet = new LightGlvUNet(weights.Under("model.diffusion_model"), unet);
    }

    /// <summary>The name of the output that <see cref="Describe"/> gives a control feature, on demand.</summary>
    public static string ControlFeature(int index) => $"control.{index}";

    /// <summary>A graph of both networks.</summary>
    /// <param name="batch">Latents at a time: two for a picture with guidance.</param>
    /// <param name="height">Rows of the latent, a multiple of 4 where there are three levels.</param>
    /// <param name="width">Columns of the latent, likewise.</param>
    /// <param name="tokens">Tokens of the text.</param>
    /// <param name="showControl">Whether the control features are outputs too, by the names of <see cref="ControlFeature"/>.</param>
    public Graph Describe(int batch, int height, int width, int tokens, bool showControl = false)
    {
        Graph g = new();
        Value x = g.Input(Latent, new Shape(batch, height, width, _config.InChannels));
        Value timestep = g.Input(Timestep, new Shape(batch, 1, 1, 1));
        Value scale = g.Input(ControlScale, new Shape(1, 1, 1, 1));
        Value context = g.Input(Context, new Shape(batch, tokens, 1, _config.ContextChannels), InputRate.OncePerRun);
        Value vector = g.Input(Vector, new Shape(batch, 1, 1, _config.VectorChannels), InputRate.OncePerRun);
        Value lowQuality = g.Input(LowQuality, new Shape(batch, height, width, _config.InChannels), InputRate.OncePerRun);

        IReadOnlyList<Value> control = _control.Forward(g, x, timestep, context, vector, lowQuality);
        if (showControl)
        {
            for (int i = 0; i < control.Count; i++)
            {
                g.Output(ControlFeature(i), control[i]);
            }
        }

        g.Output(Noise, _unet.Forward(g, x, timestep, context, vector, control, scale));
        return g;
    }
}

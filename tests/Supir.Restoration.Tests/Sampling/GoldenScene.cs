using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Random;
using Supir.Models.Control;
using Supir.Models.UNet;
using Supir.Restoration.Sampling;
using Supir.Testing;

namespace Supir.Restoration.Tests.Sampling;

/// <summary>The networks and inputs of the goldens' samplers ("mini.safetensors" in tests/goldens/README.md).</summary>
internal sealed class GoldenScene : INoisePredictor, IDisposable
{
    private const int Halves = 2;

    private static readonly GoldenTensors Goldens = GoldenTensors.Open("mini.safetensors");

    private readonly IBackend _backend;
    private readonly IPlan _plan;

    /// <summary>Builds the networks at the goldens' size, on a backend that it then owns.</summary>
    public GoldenScene(IBackend backend)
    {
        _backend = backend;
        UNetConfig sizes = UNetConfig.SdxlBase with
        {
            InChannels = 16,
            OutChannels = 16,
            ModelChannels = 32,
            TransformerDepths = [1, 1, 2],
            ContextChannels = 32,
            VectorChannels = 1552,
        };
        WeightReader weights = new(SyntheticSource.Open(Golden.PathOf("mini.manifest.json")));
        Shape latent = Goldens.ShapeOf("latent");
        LatentShape = new Shape(1, latent[2], latent[3], latent[1]);
        ControlledUNet networks = new(weights, sizes, sizes);
        _plan = _backend.Compile(networks.Describe(Halves, LatentShape[1], LatentShape[2], Goldens.ShapeOf("cond.crossattn")[1]));

        float[] lowQuality = ChannelsLast("latent");
        _plan.SetInput(ControlledUNet.LowQuality, [.. lowQuality, .. lowQuality]);
        _plan.SetInput(ControlledUNet.Context, [.. Goldens.Floats("uncond.crossattn"), .. Goldens.Floats("cond.crossattn")]);
        _plan.SetInput(ControlledUNet.Vector, [.. Goldens.Floats("uncond.vector"), .. Goldens.Floats("cond.vector")]);
    }

    /// <summary>The latent's shape, [1, H, W, C].</summary>
    public Shape LatentShape { get; }

    /// <summary>A golden latent in the engine's layout.</summary>
    public static float[] ChannelsLast(string name) => Layout.ChannelsLast(Goldens.Floats(name), Goldens.ShapeOf(name));

    /// <summary>The stage-1 latent: half the mean, which is the first half of the moments' channels.</summary>
    public float[] Center()
    {
        float[] moments = ChannelsLast("vae.moments");
        int channels = LatentShape[3];
        float[] center = new float[LatentShape.ElementCount];
        for (int i = 0; i < center.Length; i++)
        {
            center[i] = 0.5f * moments[(i / channels * 2 * channels) + (i % channels)];
        }

        return center;
    }

    /// <summary>The noise that the reference drew, in its order.</summary>
    public LatentNoise Draws(string configuration) => new(new Replay(Goldens, configuration + ".eps"), LatentShape);

    /// <inheritdoc/>
    public void Predict(
        ReadOnlySpan<float> latent,
        float timestep,
        float controlScale,
        Span<float> unconditional,
        Span<float> conditional,
        CancellationToken cancellationToken)
    {
        _plan.SetInput(ControlledUNet.Latent, [.. latent, .. latent]);
        _plan.SetInput(ControlledUNet.Timestep, [timestep, timestep]);
        _plan.SetInput(ControlledUNet.ControlScale, [controlScale]);
        _plan.Run(cancellationToken: cancellationToken);
        float[] both = new float[Halves * latent.Length];
        _plan.GetOutput(ControlledUNet.Noise, both);
        both.AsSpan(0, unconditional.Length).CopyTo(unconditional);
        both.AsSpan(latent.Length).CopyTo(conditional);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan.Dispose();
        _backend.Dispose();
    }

    private sealed class Replay(GoldenTensors goldens, string name) : INoiseGenerator
    {
        private int _drawn;

        public void Normal(Span<float> destination, DType type = DType.Float32)
        {
            goldens.Floats(name).AsSpan(_drawn, destination.Length).CopyTo(destination);
            _drawn += destination.Length;
        }
    }
}

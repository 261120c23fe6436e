using Supir.Engine;
using Supir.Models.Control;
using Supir.Restoration.Sampling;

namespace Supir.Restoration;

/// <summary>Control network and UNet as a compiled plan, with the conditions and the low-quality latent in place.</summary>
internal sealed class PlanNoisePredictor : INoisePredictor
{
    private readonly IPlan _plan;
    private readonly ProgressMeter _meter;
    private readonly double _flops;
    private readonly int _batch;
    private readonly float[] _latents;
    private readonly float[] _timesteps;
    private readonly float[] _noise;

    /// <summary>Sets what stays the same over all steps.</summary>
    /// <param name="plan">The plan of <see cref="ControlledUNet.Describe"/> for the batch of the conditions.</param>
    /// <param name="conditions">The conditions.</param>
    /// <param name="lowQuality">The latent of the picture to be restored, [1, H, W, C].</param>
    /// <param name="meter">Told of every evaluation.</param>
    /// <param name="flops">The arithmetic of one evaluation.</param>
    public PlanNoisePredictor(IPlan plan, Conditions conditions, ReadOnlySpan<float> lowQuality, ProgressMeter meter, double flops)
    {
        _plan = plan;
        _meter = meter;
        _flops = flops;
        _batch = conditions.Batch;
        _latents = new float[_batch * lowQuality.Length];
        _timesteps = new float[_batch];
        _noise = new float[_latents.Length];
        plan.SetInput(ControlledUNet.Context, conditions.Context);
        plan.SetInput(ControlledUNet.Vector, conditions.Vector);
        Repeat(lowQuality, _latents);
        plan.SetInput(ControlledUNet.LowQuality, _latents);
    }

    /// <inheritdoc/>
    public void Predict(
        ReadOnlySpan<float> latent, float timestep, float controlScale, Span<float> unconditional, Span<float> conditional, CancellationToken cancellationToken)
    {
        if (!unconditional.IsEmpty && _batch != 2)
        {
            throw new InvalidOperationException("The plan was made without the unconditional half, but a step asks for it.");
        }

        Repeat(latent, _latents);
        Array.Fill(_timesteps, timestep);
        _plan.SetInput(ControlledUNet.Latent, _latents);
        _plan.SetInput(ControlledUNet.Timestep, _timesteps);
        _plan.SetInput(ControlledUNet.ControlScale, [controlScale]);
        _plan.Run(_meter.Within(_flops), cancellationToken);
        _meter.Advance(_flops);
        _plan.GetOutput(ControlledUNet.Noise, _noise);
        _noise.AsSpan(^latent.Length..).CopyTo(conditional);
        if (!unconditional.IsEmpty)
        {
            _noise.AsSpan(0, latent.Length).CopyTo(unconditional);
        }
    }

    private static void Repeat(ReadOnlySpan<float> one, Span<float> all)
    {
        for (int start = 0; start < all.Length; start += one.Length)
        {
            one.CopyTo(all[start..]);
        }
    }
}

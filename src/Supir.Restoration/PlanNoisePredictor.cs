using Supir.Engine;
using Supir.Models.Control;
using Supir.Restoration.Sampling;

namespace Supir.Restoration;

/// <summary>Control network and UNet as a compiled plan, with the conditions and the low-quality latents in place.</summary>
/// <remarks>The plan takes a few latents at a time, samples or tiles, in both halves: [negative prompt · n, caption · n]. More latents take
/// several executions; in the last one, places that are left over repeat the last latent.</remarks>
internal sealed class PlanNoisePredictor : INoisePredictor
{
    private readonly IPlan _plan;
    private readonly Conditions _conditions;
    private readonly float[] _lowQuality;
    private readonly int _count;
    private readonly int _batch;
    private readonly int _latentLength;
    private readonly ProgressMeter _meter;
    private readonly double _flops;
    private readonly float[] _latents;
    private readonly float[] _timesteps;
    private readonly float[] _noise;

    /// <summary>Sets what stays the same over all steps.</summary>
    /// <param name="plan">The plan of <see cref="ControlledUNet.Describe"/> for <paramref name="batch"/> latents in every half.</param>
    /// <param name="batch">Latents that the plan takes.</param>
    /// <param name="conditions">The conditions.</param>
    /// <param name="lowQuality">The latents of the picture to be restored, one after the other, [N, H, W, C].</param>
    /// <param name="count">N: how many there are.</param>
    /// <param name="meter">Told of every evaluation.</param>
    /// <param name="flops">The arithmetic of one execution of the plan.</param>
    public PlanNoisePredictor(IPlan plan, int batch, Conditions conditions, float[] lowQuality, int count, ProgressMeter meter, double flops)
    {
        _plan = plan;
        _batch = batch;
        _conditions = conditions;
        _lowQuality = lowQuality;
        _count = count;
        _latentLength = lowQuality.Length / count;
        _meter = meter;
        _flops = flops;
        _latents = new float[conditions.Halves * batch * _latentLength];
        _timesteps = new float[conditions.Halves * batch];
        _noise = new float[_latents.Length];
        SetTexts(0);
        SetLowQuality(0);
    }

    /// <inheritdoc/>
    public void Predict(
        ReadOnlySpan<float> latent, float timestep, float controlScale, Span<float> unconditional, Span<float> conditional, CancellationToken cancellationToken)
    {
        if (!unconditional.IsEmpty && _conditions.Unconditional is null)
        {
            throw new InvalidOperationException("The plan was made without the unconditional half, but a step asks for it.");
        }

        Array.Fill(_timesteps, timestep);
        for (int first = 0; first < _count; first += _batch)
        {
            if (_count > _batch)
            {
                SetTexts(first);
                SetLowQuality(first);
            }

            FillHalves(latent, first);
            _plan.SetInput(ControlledUNet.Latent, _latents);
            _plan.SetInput(ControlledUNet.Timestep, _timesteps);
            _plan.SetInput(ControlledUNet.ControlScale, [controlScale]);
            _plan.Run(_meter.Within(_flops), cancellationToken);
            _meter.Advance(_flops);
            _plan.GetOutput(ControlledUNet.Noise, _noise);

            int start = first * _latentLength;
            int length = Math.Min(_batch, _count - first) * _latentLength;
            _noise.AsSpan(_noise.Length - (_batch * _latentLength), length).CopyTo(conditional[start..]);
            if (!unconditional.IsEmpty)
            {
                _noise.AsSpan(0, length).CopyTo(unconditional[start..]);
            }
        }
    }

    private void SetLowQuality(int first)
    {
        FillHalves(_lowQuality, first);
        _plan.SetInput(ControlledUNet.LowQuality, _latents);
    }

    private void SetTexts(int first)
    {
        bool isShared = _conditions.Captions.Count == 1;
        if (isShared && first > 0)
        {
            return;
        }

        List<TextCondition> texts = [];
        if (_conditions.Unconditional is TextCondition unconditional)
        {
            texts.AddRange(Enumerable.Repeat(unconditional, _batch));
        }

        for (int i = 0; i < _batch; i++)
        {
            texts.Add(_conditions.Captions[Math.Min(first + i, _count - 1) % _conditions.Captions.Count]);
        }

        _plan.SetInput(ControlledUNet.Context, [.. texts.SelectMany(text => text.Context)]);
        _plan.SetInput(ControlledUNet.Vector, [.. texts.SelectMany(text => text.Vector)]);
    }

    private void FillHalves(ReadOnlySpan<float> latents, int first)
    {
        for (int i = 0; i < _conditions.Halves * _batch; i++)
        {
            int latent = Math.Min(first + (i % _batch), _count - 1);
            latents.Slice(latent * _latentLength, _latentLength).CopyTo(_latents.AsSpan(i * _latentLength));
        }
    }
}

using Supir.Restoration.Sampling;

namespace Supir.Restoration;

/// <summary>Control network and UNet on one device or several at the same time, with the conditions and the low-quality latents in place.</summary>
/// <remarks>The first device is driven by the calling thread, every other one by a thread of its own. Between them go only latents, through
/// main memory: four numbers for 64 pixels.</remarks>
internal sealed class PlanNoisePredictor : INoisePredictor
{
    private readonly IReadOnlyList<DiffusionWorker> _workers;
    private readonly ProgressMeter _meter;
    private readonly double _flops;
    private readonly float[] _latents;
    private readonly float[][] _results;

    /// <summary>Takes what stays the same over all steps.</summary>
    /// <param name="workers">The devices' parts of a step, the calling thread's first.</param>
    /// <param name="halves">Halves of the batch: 2 with the unconditional one, else 1.</param>
    /// <param name="length">Numbers of all latents.</param>
    /// <param name="meter">Told of every evaluation.</param>
    /// <param name="flops">The arithmetic of one evaluation, on all devices.</param>
    public PlanNoisePredictor(IReadOnlyList<DiffusionWorker> workers, int halves, int length, ProgressMeter meter, double flops)
    {
        _workers = workers;
        _meter = meter;
        _flops = flops;
        _latents = new float[length];
        _results = [.. Enumerable.Range(0, halves).Select(_ => new float[length])];
    }

    /// <inheritdoc/>
    public void Predict(
        ReadOnlySpan<float> latent, float timestep, float controlScale, Span<float> unconditional, Span<float> conditional, CancellationToken cancellationToken)
    {
        if (!unconditional.IsEmpty && _results.Length == 1)
        {
            throw new InvalidOperationException("The plan was made without the unconditional half, but a step asks for it.");
        }

        latent.CopyTo(_latents);
        double flopsOfRun = _flops / _workers[0].RunCount;
        DeviceThreads.Run(_workers.Count, number =>
        {
            bool tells = number == 0;
            _workers[number].Predict(
                _latents, timestep, controlScale, _results, tells ? _meter.Within(flopsOfRun) : null, tells ? () => _meter.Advance(flopsOfRun) : null, cancellationToken);
        });

        _results[^1].CopyTo(conditional);
        if (!unconditional.IsEmpty)
        {
            _results[0].CopyTo(unconditional);
        }
    }
}

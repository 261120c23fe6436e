using Supir.Engine;
using Supir.Models.Control;

namespace Supir.Restoration;

/// <summary>Control network and UNet as a compiled plan on one device, with that device's rows of a step's batch.</summary>
/// <remarks>Row r is latent r / halves in half r % halves, the negative prompt's half first. Places of a run that are left over at the
/// end repeat the last row.</remarks>
internal sealed class DiffusionWorker
{
    private readonly IPlan _plan;
    private readonly IReadOnlyList<int> _runs;
    private readonly Conditions _conditions;
    private readonly float[] _lowQuality;
    private readonly int _rows;
    private readonly int _latentLength;
    private readonly float[] _latents;
    private readonly float[] _timesteps;
    private readonly float[] _noise;
    private TextCondition[] _texts = [];
    private int _lowQualityRun = -1;

    /// <summary>Takes on some runs.</summary>
    /// <param name="plan">The plan of <see cref="ControlledUNet.Describe"/> for as many rows as a run has.</param>
    /// <param name="rowsOfRun">Rows of a run.</param>
    /// <param name="runs">The first row of every run.</param>
    /// <param name="conditions">The conditions.</param>
    /// <param name="lowQuality">The latents of the picture to be restored, one after the other, [N, H, W, C].</param>
    /// <param name="count">N: how many there are.</param>
    public DiffusionWorker(IPlan plan, int rowsOfRun, IReadOnlyList<int> runs, Conditions conditions, float[] lowQuality, int count)
    {
        _plan = plan;
        _runs = runs;
        _conditions = conditions;
        _lowQuality = lowQuality;
        _rows = count * conditions.Halves;
        _latentLength = lowQuality.Length / count;
        _latents = new float[rowsOfRun * _latentLength];
        _timesteps = new float[rowsOfRun];
        _noise = new float[_latents.Length];
    }

    /// <summary>How often the plan runs in a step.</summary>
    public int RunCount => _runs.Count;

    /// <summary>Predicts the noise of this device's rows.</summary>
    /// <param name="latents">All latents, scaled to variance 1.</param>
    /// <param name="timestep">Their noise level's training step.</param>
    /// <param name="controlScale">The weight of the control features.</param>
    /// <param name="results">For each half, where the predictions of all latents go.</param>
    /// <param name="progress">Told of the part of a run that is done.</param>
    /// <param name="ran">Told of every run that has ended.</param>
    /// <param name="cancellationToken">Asked between operations.</param>
    public void Predict(
        float[] latents, float timestep, float controlScale, IReadOnlyList<float[]> results, IProgress<double>? progress, Action? ran, CancellationToken cancellationToken)
    {
        Array.Fill(_timesteps, timestep);
        _plan.SetInput(ControlledUNet.Timestep, _timesteps);
        _plan.SetInput(ControlledUNet.ControlScale, [controlScale]);
        foreach (int first in _runs)
        {
            SetTexts(first);
            if (_lowQualityRun != first)
            {
                Fill(_lowQuality, first);
                _plan.SetInput(ControlledUNet.LowQuality, _latents);
                _lowQualityRun = first;
            }

            Fill(latents, first);
            _plan.SetInput(ControlledUNet.Latent, _latents);
            _plan.Run(progress, cancellationToken);
            _plan.GetOutput(ControlledUNet.Noise, _noise);
            for (int i = 0; i < _timesteps.Length && first + i < _rows; i++)
            {
                (int latent, int half) = Math.DivRem(first + i, _conditions.Halves);
                _noise.AsSpan(i * _latentLength, _latentLength).CopyTo(results[half].AsSpan(latent * _latentLength));
            }

            ran?.Invoke();
        }
    }

    private int RowAt(int place) => Math.Min(place, _rows - 1);

    private void Fill(float[] latents, int first)
    {
        for (int i = 0; i < _timesteps.Length; i++)
        {
            int latent = RowAt(first + i) / _conditions.Halves;
            latents.AsSpan(latent * _latentLength, _latentLength).CopyTo(_latents.AsSpan(i * _latentLength));
        }
    }

    /// <summary>Sets the texts of a run, unless they are there: a plan computes what follows from them once.</summary>
    private void SetTexts(int first)
    {
        TextCondition[] texts = [.. Enumerable.Range(first, _timesteps.Length).Select(place => _conditions.Of(RowAt(place)))];
        if (texts.AsSpan().SequenceEqual(_texts))
        {
            return;
        }

        _plan.SetInput(ControlledUNet.Context, [.. texts.SelectMany(text => text.Context)]);
        _plan.SetInput(ControlledUNet.Vector, [.. texts.SelectMany(text => text.Vector)]);
        _texts = texts;
    }
}

using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Server.Catalogue;

namespace Supir.Server.Jobs;

/// <summary>Keeps the model that was used last open, and the last picture of stage 1; for one thread.</summary>
/// <param name="device">The device where none is named; it stays the caller's.</param>
/// <param name="isForJobs">Whether many pictures follow: then networks stay in a GPU's memory, where it suffices.</param>
internal sealed class RestorerShelf(OpenDevice device, bool isForJobs) : IDisposable
{
    private (string Model, SupirVariant Variant, OpenDevice Device)? _key;
    private Restorer? _restorer;
    private (StageOneQuestion Question, Picture Clean)? _latest;

    /// <summary>The device where none is named.</summary>
    public OpenDevice Default => device;

    /// <summary>The open model on the device where none is named; valid until the next call.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing or broken.</exception>
    public Restorer Open(ModelEntry model, SupirVariant variant) => Open(model, variant, device);

    /// <summary>The open model; valid until the next call.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing or broken.</exception>
    public Restorer Open(ModelEntry model, SupirVariant variant, OpenDevice on)
    {
        if (_restorer is null || _key != (model.Id, variant, on))
        {
            Close();
            _restorer = new Restorer(model.Options!, variant, on.Backends)
            {
                MemoryLimit = on.Device.MemoryLimit,
                KeepsNetworks = isForJobs && on.Device.Kind == ComputeDevice.Cuda,
            };
            _key = (model.Id, variant, on);
        }

        return _restorer;
    }

    /// <summary>A picture's stage 1. The latest is kept: whoever has seen it asks next what it shows, whole or tile by tile.</summary>
    /// <param name="question">What makes it the same.</param>
    /// <param name="model">The model.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="stop">Asked between operations.</param>
    public Picture Clean(StageOneQuestion question, ModelEntry model, Picture picture, RestorationSettings settings, CancellationToken stop)
    {
        if (_latest is not (StageOneQuestion, Picture) latest || latest.Question != question)
        {
            _latest = latest = (question, Open(model, settings.Variant).Clean(picture, settings, question.ShorterSide, stop));
        }

        return latest.Clean;
    }

    /// <summary>Closes the model, so that it is opened anew when it is needed next.</summary>
    public void Close()
    {
        Restorer? restorer = _restorer;
        _restorer = null;
        restorer?.Dispose();
    }

    /// <summary>Closes the model after its device broke down, with which what lies there may be lost.</summary>
    public void CloseBroken()
    {
        try
        {
            Close();
        }
        catch (DeviceException)
        {
            // The device cannot even free what it holds.
        }
    }

    /// <summary>Frees the networks that are kept for further pictures.</summary>
    public void FreeNetworks() => _restorer?.FreeNetworks();

    /// <inheritdoc/>
    public void Dispose()
    {
        // The server may end because a device is lost.
        CloseBroken();
    }
}

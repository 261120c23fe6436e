using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Server.Jobs;

/// <summary>Keeps the captioner open, and its memory out of the restorations' way.</summary>
internal sealed class CaptionerShelf(ServerOptions options) : IDisposable
{
    private readonly Lock _lock = new();
    private CaptionOptions? _asked;
    private ICaptioner? _captioner;
    private IBackend? _own;

    /// <summary>The captioner; <c>null</c> if the server has none. For one thread; valid until the next call.</summary>
    /// <param name="asked">What it is asked, and how it answers.</param>
    /// <param name="backend">The device that it runs on, unless it has one of its own.</param>
    /// <exception cref="Checkpoints.CheckpointException">A file of its weights is missing or broken.</exception>
    /// <exception cref="DeviceException">Its own device cannot be opened.</exception>
    public ICaptioner? Open(CaptionOptions asked, IBackend backend)
    {
        lock (_lock)
        {
            if (_captioner is null || asked != _asked)
            {
                _captioner?.Dispose();
                _captioner = null;
                _own ??= options.OpenCaptionDevice();
                _captioner = (options.Captioner with { Options = asked }).Open(_own ?? backend);
                _asked = asked;
            }

            return _captioner;
        }
    }

    /// <summary>Frees the captioner's memory if a restoration would have to do with less because of it.</summary>
    public void MakeRoom(Restorer restorer, Picture picture, RestorationSettings settings)
    {
        lock (_lock)
        {
            if (_captioner is not null && _own is null && options.Captioner.Llava is not null)
            {
                RestorationCaptioner.MakeRoom(_captioner, restorer, picture, settings);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _captioner?.Dispose();
            _captioner = null;
            _own?.Dispose();
            _own = null;
        }
    }
}

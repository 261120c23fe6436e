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

    private long _room = long.MaxValue;
    private long _heldAtLastJob;

    private bool SharesMemory => _own is null && options.Captioner.Llava is not null;

    /// <summary>Describes a picture. For one thread.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="asked">What the captioner is asked, and how it answers.</param>
    /// <param name="backend">The device that it runs on, unless it has one of its own.</param>
    /// <param name="freeNetworks">Frees the networks that are kept for further jobs; not called while one runs.</param>
    /// <param name="stop">Ends the work.</param>
    /// <exception cref="CaptionException">There is no caption; the message says why.</exception>
    /// <exception cref="DeviceMemoryException">The device has not the memory.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file of its weights is missing or broken.</exception>
    /// <exception cref="DeviceException">A device cannot be opened or broke down.</exception>
    public string Describe(Picture picture, CaptionOptions asked, IBackend backend, Action freeNetworks, CancellationToken stop)
    {
        ICaptioner captioner = Open(asked, backend) ?? throw new CaptionException("The server has no captioner.");
        try
        {
            return captioner.Describe(picture, cancellationToken: stop);
        }
        catch (DeviceMemoryException exception) when (SharesMemory)
        {
            if (Volatile.Read(ref _room) != long.MaxValue)
            {
                throw new CaptionException($"{exception.Message} The job that is running needs the rest; ask again when it is done.", exception);
            }

            freeNetworks();
            return captioner.Describe(picture, cancellationToken: stop);
        }
    }

    /// <summary>Before a job: frees the captioner's memory if the job would have to do with less because of it, and notes what the job leaves
    /// for a captioner that is asked while it runs.</summary>
    /// <exception cref="DeviceMemoryException">The job needs more memory than there is.</exception>
    /// <exception cref="OptionException">The settings do not fit the picture or the model.</exception>
    public void BeginJob(Restorer restorer, Picture picture, RestorationSettings settings)
    {
        lock (_lock)
        {
            if (!SharesMemory)
            {
                return;
            }

            if (_captioner is not null)
            {
                RestorationCaptioner.MakeRoom(_captioner, _heldAtLastJob, restorer, picture, settings);
                _heldAtLastJob = _captioner.HeldBytes;
            }

            MemoryPlan plan = restorer.PlanMemory(picture, settings);
            Volatile.Write(ref _room, plan.LimitBytes - plan.Bytes);
        }
    }

    /// <summary>After a job.</summary>
    public void EndJob() => Volatile.Write(ref _room, long.MaxValue);

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

    private ICaptioner? Open(CaptionOptions asked, IBackend backend)
    {
        lock (_lock)
        {
            if (_captioner is null || asked != _asked)
            {
                _captioner?.Dispose();
                _captioner = null;
                _own ??= options.OpenCaptionDevice();
                LlavaOptions? llava = options.Captioner.Llava;
                _captioner = (options.Captioner with
                {
                    Options = asked,
                    Llava = llava is null || _own is not null ? llava : llava with { Room = () => Volatile.Read(ref _room) },
                }).Open(_own ?? backend);
                _asked = asked;
            }

            return _captioner;
        }
    }
}

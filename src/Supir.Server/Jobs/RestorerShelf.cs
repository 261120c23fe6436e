using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Options;
using Supir.Server.Catalogue;

namespace Supir.Server.Jobs;

/// <summary>Keeps the model that was used last open, and the captioner; for one thread.</summary>
/// <param name="options">How the server runs.</param>
/// <param name="backends">The devices; they stay the caller's.</param>
/// <param name="isForJobs">Whether many pictures follow: then networks stay in a GPU's memory, where it suffices.</param>
internal sealed class RestorerShelf(ServerOptions options, IReadOnlyList<IBackend> backends, bool isForJobs) : IDisposable
{
    private (string Model, SupirVariant Variant)? _key;
    private Restorer? _restorer;
    private ICaptioner? _captioner;

    /// <summary>The devices.</summary>
    public IReadOnlyList<IBackend> Backends => backends;

    /// <summary>The captioner; <c>null</c> if the server has none.</summary>
    public ICaptioner? Captioner => _captioner ??= options.Captioner.Open(backends[0]);

    /// <summary>The open model; valid until the next call.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing or broken.</exception>
    public Restorer Open(ModelEntry model, SupirVariant variant)
    {
        if (_restorer is null || _key != (model.Id, variant))
        {
            Close();
            _restorer = new Restorer(model.Options!, variant, backends)
            {
                MemoryLimit = options.MemoryLimit,
                KeepsNetworks = isForJobs && options.Device == ComputeDevice.Cuda,
            };
            _key = (model.Id, variant);
        }

        return _restorer;
    }

    /// <summary>Closes the model, so that it is opened anew when it is needed next.</summary>
    public void Close()
    {
        _restorer?.Dispose();
        _restorer = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _captioner?.Dispose();
    }
}

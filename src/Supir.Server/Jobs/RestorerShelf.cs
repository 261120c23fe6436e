using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Options;
using Supir.Server.Catalogue;

namespace Supir.Server.Jobs;

/// <summary>Keeps the model that was used last open.</summary>
internal sealed class RestorerShelf(ServerOptions options, IBackend backend) : IDisposable
{
    private (string Model, SupirVariant Variant)? _key;
    private Restorer? _restorer;

    /// <summary>The open model; valid until the next call.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing or broken.</exception>
    public Restorer Open(ModelEntry model, SupirVariant variant)
    {
        if (_restorer is null || _key != (model.Id, variant))
        {
            _restorer?.Dispose();
            _restorer = null;
            _restorer = new Restorer(model.Options!, variant, backend) { MemoryLimit = options.MemoryLimit };
            _key = (model.Id, variant);
        }

        return _restorer;
    }

    /// <inheritdoc/>
    public void Dispose() => _restorer?.Dispose();
}

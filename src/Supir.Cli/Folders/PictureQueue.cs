using System.Collections.Concurrent;

namespace Supir.Cli.Folders;

/// <summary>A few things on their way from one thread to others; whoever is too quick waits.</summary>
internal sealed class PictureQueue<T> : IDisposable
{
    private readonly BlockingCollection<T> _items;
    private readonly CancellationToken _stop;

    /// <summary>Makes room for so many.</summary>
    public PictureQueue(int room, CancellationToken stop)
    {
        _items = new BlockingCollection<T>(room);
        _stop = stop;
    }

    /// <summary>What comes, until there is no more.</summary>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public IEnumerable<T> Items => _items.GetConsumingEnumerable(_stop);

    /// <summary>Puts one in as soon as there is room.</summary>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public void Add(T item) => _items.Add(item, _stop);

    /// <summary>Says that no more will come.</summary>
    public void Close() => _items.CompleteAdding();

    /// <inheritdoc/>
    public void Dispose() => _items.Dispose();
}

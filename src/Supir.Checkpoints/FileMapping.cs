using System.IO.MemoryMappedFiles;

namespace Supir.Checkpoints;

/// <summary>A whole file as read-only memory, of which the system loads only what is touched.</summary>
internal sealed unsafe class FileMapping : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>Maps an open file that is not empty and takes it over.</summary>
    public FileMapping(FileStream stream)
    {
        _file = MemoryMappedFile.CreateFromFile(stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        try
        {
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The address of the file's first byte, which holds until <see cref="Release"/>, even past <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public nint Acquire()
    {
        byte* address = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
        return (nint)address + (nint)_view.PointerOffset;
    }

    /// <summary>Ends one <see cref="Acquire"/>.</summary>
    public void Release() => _view.SafeMemoryMappedViewHandle.ReleasePointer();

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}

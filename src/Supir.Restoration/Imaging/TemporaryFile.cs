namespace Supir.Restoration.Imaging;

/// <summary>A new file beside the one that is to be written; it takes that name when it is whole and vanishes otherwise.</summary>
internal sealed class TemporaryFile : IDisposable
{
    /// <summary>What all names of such files look like.</summary>
    public const string Pattern = ".supir-*.part";

    private readonly string _path;
    private readonly string _temporaryPath;
    private readonly FileStream _stream;

    private TemporaryFile(string path, string temporaryPath, FileStream stream)
    {
        _path = path;
        _temporaryPath = temporaryPath;
        _stream = stream;
    }

    /// <summary>Creates the file under a hidden, unused name in the folder of <paramref name="path"/>.</summary>
    /// <exception cref="OptionException">The path is a folder, or its folder does not exist or refuses new files.</exception>
    public static TemporaryFile Beside(string path)
    {
        if (Directory.Exists(path))
        {
            throw new OptionException($"{path}: this is a folder; name a file in it.");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(folder))
        {
            throw new OptionException($"{path}: there is no folder {folder}; create it first.");
        }

        string temporaryPath = Path.Combine(folder, Pattern.Replace("*", Guid.NewGuid().ToString("N"), StringComparison.Ordinal));
        try
        {
            return new TemporaryFile(path, temporaryPath, new FileStream(temporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, exception);
        }
    }

    /// <summary>Writes bytes at the end.</summary>
    /// <exception cref="OptionException">The disk does not take them.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
            _stream.Flush(flushToDisk: true);
        }
        catch (IOException exception)
        {
            throw Unwritable(_path, exception);
        }
    }

    /// <summary>Replaces what stands under the final name, in one step.</summary>
    /// <exception cref="OptionException">The name cannot be taken.</exception>
    public void TakeName()
    {
        _stream.Dispose();
        try
        {
            File.Move(_temporaryPath, _path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(_path, exception);
        }
    }

    /// <summary>Removes the temporary file unless it has taken the final name.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_temporaryPath);
    }

    private static OptionException Unwritable(string path, Exception exception) =>
        new($"{path}: the file cannot be written ({exception.Message.TrimEnd('.')}). Choose another place.", exception);
}

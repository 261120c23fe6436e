namespace Supir.Checkpoints;

/// <summary>Opens files for the readers, and makes a <see cref="CheckpointException"/> of whatever the system refuses.</summary>
internal static class CheckpointStream
{
    /// <summary>Bytes at the start of a file by which its format is told.</summary>
    private const int StartBytes = 16;

    /// <summary>Opens a file and reads it; the stream is closed unless <paramref name="read"/> hands it to what it returns.</summary>
    /// <exception cref="CheckpointException">There is no such file, it is empty, or it cannot be read.</exception>
    public static T Open<T>(string path, Func<FileStream, T> read)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (stream.Length == 0)
            {
                throw new CheckpointException($"{path} is empty.");
            }

            T result = read(stream);
            stream = null;
            return result;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException($"There is no file {path}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CheckpointException($"{path} cannot be read as a file: {exception.Message}", exception);
        }
        finally
        {
            stream?.Dispose();
        }
    }

    /// <summary>The first bytes of a file, fewer of a short one; the stream then stands at its beginning.</summary>
    public static ReadOnlySpan<byte> StartOf(FileStream stream)
    {
        byte[] start = BytesAt(stream, 0, Math.Min(stream.Length, StartBytes));
        stream.Position = 0;
        return start;
    }

    /// <summary>Bytes that lie inside a file.</summary>
    public static byte[] BytesAt(FileStream stream, long offset, long count)
    {
        byte[] bytes = new byte[count];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }
}

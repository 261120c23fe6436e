using Supir.Restoration;
using Supir.Restoration.Recipes;

namespace Supir.Server.Jobs;

/// <summary>The folder that belongs to one server: the database, and a folder of files for each job.</summary>
/// <remarks>No name of a file here comes from outside: ids are made by the server, and only ids that the database holds become paths.</remarks>
internal sealed class DataFolder : IDisposable
{
    private readonly string _jobs;
    private readonly FileStream _lock;

    /// <summary>Takes the folder, and makes it if it is not there.</summary>
    /// <exception cref="OptionException">It cannot be written to, or another server works in it.</exception>
    public DataFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        _jobs = System.IO.Path.Combine(Path, "jobs");
        try
        {
            Directory.CreateDirectory(_jobs);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"--data: the folder {Path} cannot be made ({exception.Message.TrimEnd('.')}). Name another one.", exception);
        }

        try
        {
            // The system lets go of it when the process ends, however it ends.
            _lock = new FileStream(System.IO.Path.Combine(Path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OptionException(
                $"--data: the folder {Path} is in use by another 'supir serve', or cannot be written to ({exception.Message.TrimEnd('.')}). Stop that one, or name another folder.",
                exception);
        }
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>The database.</summary>
    public string Database => System.IO.Path.Combine(Path, "jobs.sqlite");

    /// <summary>The hashes of checkpoints, which are computed once.</summary>
    public FileHashes Hashes => new(System.IO.Path.Combine(Path, "hashes.json"));

    /// <summary>The files of a job.</summary>
    public JobFiles Of(string id) => new(System.IO.Path.Combine(_jobs, id));

    /// <summary>Removes the files of jobs that are not in the database: a crash came between the two.</summary>
    public void RemoveAllBut(IReadOnlySet<string> ids)
    {
        foreach (string folder in Directory.EnumerateDirectories(_jobs))
        {
            if (!ids.Contains(System.IO.Path.GetFileName(folder)))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}

using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Supir.Restoration.Imaging;
using Supir.Restoration.Recipes;

namespace Supir.Restoration.Journals;

/// <summary>A long run's journal: now and then its state is written beside the output, so that after a kill the same command goes on from
/// there and comes to the same bytes.</summary>
/// <remarks>Written under a temporary name and renamed. Not before the interval has passed, and so seldom that writing takes less than a
/// hundredth of the time. A run that is stopped writes its last state when the journal is disposed of.</remarks>
public sealed class RunJournal : IDisposable
{
    /// <summary>Writing costs at most one part in so many of the time.</summary>
    private const int LeastRatio = 100;

    /// <summary>What all names of journals look like.</summary>
    private const string Pattern = ".supir-*.journal";

    private readonly string _path;
    private readonly Task<byte[]> _key;
    private readonly TimeSpan _interval;
    private long _lastWrite;
    private TimeSpan _pause;
    private JournalEntry? _unwritten;
    private bool _isRemoved;

    private RunJournal(string path, Task<byte[]> key, TimeSpan interval, JournalEntry? found)
    {
        _path = path;
        _key = key;
        _interval = interval;
        _pause = interval;
        _lastWrite = Stopwatch.GetTimestamp();
        Found = found;
    }

    /// <summary>How many steps a run that was killed had done; 0 where there was none.</summary>
    public int StepsDone => Found?.State.Step ?? 0;

    /// <summary>How many steps of this run the journal has kept; 0 where it was too short for any.</summary>
    public int StepsKept { get; private set; }

    /// <summary>What a run that was killed has left.</summary>
    internal JournalEntry? Found { get; private set; }

    /// <summary>The interval of <see cref="Open(string, Recipe, TimeSpan)"/> that serves people: a kill loses no more than these seconds.</summary>
    public static TimeSpan UsualInterval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Opens the journal of a picture that is to be written; one of another run, or one that is not whole, is removed.</summary>
    /// <param name="output">Where the picture is to be written; of several samples the first one's.</param>
    /// <param name="recipe">What makes the run the same: the recipe of the picture that is to be made.</param>
    /// <param name="interval">How often to write at most.</param>
    public static RunJournal Open(string output, Recipe recipe, TimeSpan interval) => Open(output, Task.FromResult(recipe), interval);

    /// <summary>As above, while the recipe is still being found out: waits for it only where there is a journal, and writes nothing before it
    /// is known.</summary>
    public static RunJournal Open(string output, Task<Recipe> recipe, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        string path = PathOf(output);
        Task<byte[]> key = recipe.ContinueWith(
            known => KeyOf(known.GetAwaiter().GetResult()), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        JournalEntry? found = null;
        try
        {
            found = File.Exists(path) ? JournalFormat.Read(File.ReadAllBytes(path), key.GetAwaiter().GetResult()) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As if it were not there.
        }

        if (found is null)
        {
            RemoveOf(output);
        }

        return new RunJournal(path, key, interval, found);
    }

    /// <summary>Removes the journal of a picture.</summary>
    public static void RemoveOf(string output) => RemoveAt(PathOf(output));

    /// <summary>Removes the journals in a folder and those in it but those of some pictures.</summary>
    public static void RemoveOthers(string folder, IEnumerable<string> outputs)
    {
        HashSet<string> kept = [.. outputs.Select(output => Path.GetFullPath(PathOf(output)))];
        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        foreach (string journal in Directory.EnumerateFiles(folder, Pattern, options).Where(file => !kept.Contains(Path.GetFullPath(file))).ToArray())
        {
            RemoveAt(journal);
        }
    }

    /// <summary>Removes the journal, once the picture is written or cannot be made.</summary>
    public void Remove()
    {
        _isRemoved = true;
        _unwritten = null;
        RemoveAt(_path);
    }

    /// <summary>Writes the state that is not written yet, if the run is long enough for a journal.</summary>
    public void Dispose()
    {
        if (!_isRemoved && _unwritten is not null && Stopwatch.GetElapsedTime(_lastWrite) >= _interval)
        {
            Write(_unwritten);
        }
    }

    /// <summary>Forgets what was found, because this run cannot go on from it.</summary>
    internal void ForgetFound() => Found = null;

    /// <summary>Takes a run's state, and writes it if it is time to.</summary>
    internal void Take(JournalEntry entry)
    {
        _unwritten = entry;
        if (Stopwatch.GetElapsedTime(_lastWrite) >= _pause)
        {
            long start = Stopwatch.GetTimestamp();
            Write(entry);
            TimeSpan cost = Stopwatch.GetElapsedTime(start) * LeastRatio;
            _pause = cost > _interval ? cost : _interval;
            _lastWrite = Stopwatch.GetTimestamp();
        }
    }

    private void Write(JournalEntry entry)
    {
        if (!_key.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path)) ?? "/");
            using TemporaryFile file = TemporaryFile.Beside(_path);
            file.Write(JournalFormat.Write(_key.Result, entry));
            file.TakeName();
            _unwritten = null;
            StepsKept = entry.State.Step;
        }
        catch (Exception exception) when (exception is OptionException or IOException or UnauthorizedAccessException)
        {
            // A run without a journal is better than none. Whether its picture can be written was asked before.
        }
    }

    private static void RemoveAt(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next run tries again.
        }
    }

    private static string PathOf(string output)
    {
        const int Digits = 32;
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(output))))[..Digits];
        return Path.Combine(Path.GetDirectoryName(output) ?? "", Pattern.Replace("*", name, StringComparison.Ordinal));
    }

    private static byte[] KeyOf(Recipe recipe) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(RecipeText.Write(recipe with { Weights = null, Sample = 0 })));
}

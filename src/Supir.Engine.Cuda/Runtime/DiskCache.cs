using System.Security.Cryptography;
using System.Text;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>Results of slow work, kept in files that are named by a hash of all that they depend on.</summary>
/// <remarks>A cache that cannot be read or written costs time, never a run.</remarks>
internal sealed class DiskCache(string folder)
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string Variable = "SUPIR_CACHE";

    /// <summary>SUPIR_CACHE, or "supir" where the system keeps caches.</summary>
    public static DiskCache OfThisUser()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return new DiskCache(Path.Combine(named, "cuda"));
        }

        string? caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(caches))
        {
            caches = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        }

        return new DiskCache(Path.Combine(caches, "supir", "cuda"));
    }

    /// <summary>What was stored under a key, or <c>null</c>.</summary>
    public byte[]? Load(string key)
    {
        try
        {
            string path = PathOf(key);
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Stores under a key; another process never sees half of it.</summary>
    public void Store(string key, ReadOnlySpan<byte> bytes)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string temporary = Path.Combine(folder, $"{Guid.NewGuid():n}.tmp");
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, PathOf(key), overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start compiles or measures again.
        }
    }

    private string PathOf(string key) => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32]);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Captioning;

/// <summary>Captions that were made before, in files named by a hash of the picture, the captioner and what it was asked.</summary>
/// <remarks>A cache that cannot be read or written costs time, never a caption.</remarks>
public sealed class CaptionCache(string folder)
{
    private const string Variable = "SUPIR_CACHE";

    /// <summary>SUPIR_CACHE, or "supir" where the system keeps caches.</summary>
    public static CaptionCache OfThisUser()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
        {
            return new CaptionCache(Path.Combine(named, "captions"));
        }

        string? caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(caches))
        {
            caches = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        }

        return new CaptionCache(Path.Combine(caches, "supir", "captions"));
    }

    /// <summary>What tells a caption apart.</summary>
    public static string KeyOf(Picture picture, string captioner, CaptionOptions options)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(options);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{picture.Width} {picture.Height} {captioner}\n{options}\n")));
        hash.AppendData(picture.Pixels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The caption under a key, or <c>null</c>.</summary>
    public string? Find(string key)
    {
        try
        {
            string path = PathOf(key);
            return File.Exists(path) ? CaptionText.Clean(File.ReadAllText(path)) is { Length: > 0 } caption ? caption : null : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a caption; another process never sees half of it.</summary>
    public void Keep(string key, string caption)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string temporary = Path.Combine(folder, $".{Guid.NewGuid():n}.part");
            File.WriteAllText(temporary, caption);
            File.Move(temporary, PathOf(key), overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next time it is made again.
        }
    }

    private string PathOf(string key) => Path.Combine(folder, key + ".txt");
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Captioning;

/// <summary>Captions that were made before, in files named by a hash of the picture, the captioner and what it was asked.</summary>
/// <remarks>A cache that cannot be read or written costs time, never a caption.</remarks>
public sealed class CaptionCache(string folder)
{
    /// <summary>The cache of this user; <c>null</c> for one without a home.</summary>
    public static CaptionCache? OfThisUser() => CacheFolder.Of("captions") is string folder ? new CaptionCache(folder) : null;

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

using System.Security.Cryptography;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Restoration.Recipes;

/// <summary>A picture's file, read once: who it is can be asked before it is decoded.</summary>
public sealed class SourceFile
{
    private readonly byte[] _bytes;
    private readonly string _path;

    private SourceFile(string path, byte[] bytes)
    {
        _path = path;
        _bytes = bytes;
        Identity = new FileIdentity(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>The file's name and hash.</summary>
    public FileIdentity Identity { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="PictureException">There is no such file, or it is too large.</exception>
    public static SourceFile Read(string path) => new(path, PictureFile.ReadBytes(path, PictureLimits.Default));

    /// <summary>Takes a file's bytes from elsewhere.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="bytes">Its content; it belongs to this object from now on.</param>
    public static SourceFile Of(string name, byte[] bytes) => new(name, bytes);

    /// <summary>The picture: upright, but for the reference's mode, which takes its pixels as they are stored.</summary>
    /// <exception cref="PictureException">It is not a whole picture within the limits.</exception>
    public Picture Decode(NumericsMode mode) => PictureFile.Decode(_bytes, _path, isUpright: mode != NumericsMode.Reference);
}

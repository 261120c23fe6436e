namespace Supir.Restoration.Imaging;

/// <summary>A picture that cannot be read or is not trusted: the file's fault (exit 3, HTTP 422).</summary>
/// <remarks>The message names the picture, says what is wrong with it and, where there is something to do, what.</remarks>
public sealed class PictureException : Exception
{
    /// <summary>An error about one picture.</summary>
    /// <param name="picture">The file's path or, for bytes without a file, the name that the user gave them.</param>
    /// <param name="problem">What is wrong, as a clause that follows the name and a colon.</param>
    /// <param name="innerException">What was caught, if anything was.</param>
    public PictureException(string picture, string problem, Exception? innerException = null)
        : base($"{picture}: {problem}", innerException)
    {
        Picture = picture;
    }

    /// <summary>The file's path, or the name of bytes without a file.</summary>
    public string Picture { get; }
}

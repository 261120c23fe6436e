namespace Supir.Restoration.Imaging;

/// <summary>A native library that the program needs is not on this machine (exit 4, HTTP 503).</summary>
public sealed class MissingLibraryException : Exception
{
    /// <summary>An error about one library.</summary>
    /// <param name="library">The library's usual name, such as "libvips".</param>
    /// <param name="remedy">A command or a sentence that installs it.</param>
    /// <param name="innerException">What the loader said.</param>
    public MissingLibraryException(string library, string remedy, Exception? innerException = null)
        : base($"{library} is not installed: {remedy}", innerException)
    {
        Library = library;
    }

    /// <summary>The library's usual name.</summary>
    public string Library { get; }
}

using System.Text;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Captioning;

/// <summary>Reads a picture's caption from the text file beside it: NAME.txt for NAME.jpg.</summary>
public sealed class SidecarCaptioner : ICaptioner
{
    /// <summary>Longer than any caption.</summary>
    private const long MostBytes = 1 << 20;

    /// <inheritdoc/>
    public string Description => "the text files beside the pictures";

    /// <inheritdoc/>
    public bool Looks => false;

    /// <inheritdoc/>
    public int Parallelism => Environment.ProcessorCount;

    /// <summary>The text file of a picture.</summary>
    public static string PathOf(string picture) => Path.ChangeExtension(picture, ".txt");

    /// <summary>Writes a picture's caption, whole or not at all.</summary>
    /// <exception cref="OptionException">The file cannot be written.</exception>
    public static void Write(string picture, string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        using TemporaryFile file = TemporaryFile.Beside(PathOf(picture));
        file.Write(Encoding.UTF8.GetBytes(caption + "\n"));
        file.TakeName();
    }

    /// <inheritdoc/>
    public string Describe(Picture picture, string? path = null, IProgress<string>? words = null, CancellationToken cancellationToken = default)
    {
        if (path is null)
        {
            throw new CaptionException("The picture came without a file, so there is no text beside it; choose another captioner.");
        }

        string text = PathOf(path);
        try
        {
            if (new FileInfo(text).Length > MostBytes)
            {
                throw new CaptionException($"{text} is larger than any caption.");
            }

            string caption = CaptionText.Clean(File.ReadAllText(text));
            return caption.Length > 0 ? caption : throw new CaptionException($"{text} is empty.");
        }
        catch (FileNotFoundException exception)
        {
            throw new CaptionException($"There is no {text} with the caption of {path}; 'supir caption {path}' makes one.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CaptionException($"{text} cannot be read: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

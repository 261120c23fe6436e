namespace Supir.Restoration.Captioning;

/// <summary>What pictures show, from what a person wrote: one text for all, a file that lists pictures, or a .txt beside each picture.</summary>
/// <remarks>The first of these that has one counts. The text beside a picture is NAME.txt or NAME.EXTENSION.txt, all of it being the caption.</remarks>
public sealed class CaptionSource
{
    /// <summary>The longest text beside a picture that is taken for its caption; a longer one is something else.</summary>
    private const long MostSidecarBytes = 64 << 10;

    private readonly string? _caption;
    private readonly CaptionList? _list;
    private readonly bool _readsSidecars;

    private CaptionSource(string? caption, CaptionList? list, bool readsSidecars)
    {
        _caption = caption;
        _list = list;
        _readsSidecars = readsSidecars;
    }

    /// <summary>Opens the source.</summary>
    /// <param name="caption">The text for all pictures, or <c>null</c>; "" is the wish for no caption.</param>
    /// <param name="listFile">A CSV or JSON file that lists pictures and captions, or <c>null</c>.</param>
    /// <param name="readsSidecars">Whether a text beside a picture is its caption.</param>
    /// <exception cref="OptionException">The list cannot be read, or is none.</exception>
    public static CaptionSource Open(string? caption, string? listFile, bool readsSidecars = true) =>
        new(caption, listFile is null ? null : CaptionList.Load(listFile), readsSidecars);

    /// <summary>The caption of a picture, or <c>null</c> where there is none.</summary>
    /// <exception cref="OptionException">Its side-car cannot be read, or is no caption.</exception>
    public string? For(string picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return _caption ?? _list?.Find(picture) ?? (_readsSidecars ? Sidecar(picture) : null);
    }

    private static string? Sidecar(string picture)
    {
        string? file = new[] { SidecarCaptioner.PathOf(picture), picture + ".txt" }.FirstOrDefault(path => path != picture && File.Exists(path));
        if (file is null)
        {
            return null;
        }

        try
        {
            return new FileInfo(file).Length <= MostSidecarBytes
                ? CaptionText.Clean(File.ReadAllText(file))
                : throw new OptionException($"{file} has more than {MostSidecarBytes:N0} bytes: a text beside a picture is its caption; move it away, or say --captioner none.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"The caption beside the picture, {file}, cannot be read: {fault.Message}", fault);
        }
    }
}

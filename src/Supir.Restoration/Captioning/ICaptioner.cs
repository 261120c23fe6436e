using Supir.Restoration.Imaging;

namespace Supir.Restoration.Captioning;

/// <summary>Says in words what a picture shows.</summary>
public interface ICaptioner : IDisposable
{
    /// <summary>What it is, for a person, such as <c>LLaVA in models/llava</c>.</summary>
    string Description { get; }

    /// <summary>Whether it looks at the picture, rather than at its file's name or at nothing.</summary>
    bool Looks => true;

    /// <summary>How many pictures it can describe at a time without being slower for each.</summary>
    int Parallelism => 1;

    /// <summary>The caption of a picture: one line, without leading or trailing spaces.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="path">The file that it came from, where there is one.</param>
    /// <param name="words">Told the words as they come, where it is known how.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="CaptionException">There is no caption; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    string Describe(Picture picture, string? path = null, IProgress<string>? words = null, CancellationToken cancellationToken = default);

    /// <summary>Bytes of the device's memory that it holds between pictures.</summary>
    long HeldBytes => 0;

    /// <summary>Gives back memory that it holds between pictures; the next picture takes it again.</summary>
    void Release()
    {
    }
}

namespace Supir.Restoration.Captioning;

/// <summary>A picture has no caption: a captioner cannot be reached, or has nothing to say. A restoration goes on without.</summary>
public sealed class CaptionException : Exception
{
    /// <summary>Says what is wrong and what to do.</summary>
    public CaptionException(string message)
        : base(message)
    {
    }

    /// <summary>As above, with what it was found by.</summary>
    public CaptionException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

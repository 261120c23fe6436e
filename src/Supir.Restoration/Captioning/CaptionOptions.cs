namespace Supir.Restoration.Captioning;

/// <summary>What a captioner is asked, and how it answers.</summary>
/// <remarks>The defaults are those of test.py and llava/llava_agent.py (SUPIR @ bda91af).</remarks>
public sealed record CaptionOptions
{
    /// <summary>The question.</summary>
    public string Question { get; init; } = "Describe this image and its style in a very detailed manner.";

    /// <summary>How freely words are chosen; 0 always takes the likeliest.</summary>
    public double Temperature { get; init; } = 0.2;

    /// <summary>Words are drawn from the likeliest that together have this probability.</summary>
    public double TopP { get; init; } = 0.7;

    /// <summary>The most tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <summary>The seed of the draws.</summary>
    public int Seed { get; init; } = 1234;

    /// <summary>Whether the whole picture is shown on a square ground, instead of its middle cut out as the reference does.</summary>
    public bool Pads { get; init; }
}

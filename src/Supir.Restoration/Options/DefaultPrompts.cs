namespace Supir.Restoration.Options;

/// <summary>The texts that are used where neither the command line nor the options file has its own.</summary>
/// <remarks>The published networks were tuned with these very words; source: defaults of test.py (SUPIR @ bda91af).</remarks>
public static class DefaultPrompts
{
    /// <summary>What is added to every caption.</summary>
    public const string Positive =
        "Cinematic, High Contrast, highly detailed, taken using a Canon EOS R camera, hyper detailed photo - realistic maximum detail, " +
        "32k, Color Grading, ultra HD, extreme meticulous detailing, skin pore detailing, hyper sharpness, perfect without deformations.";

    /// <summary>The text of the unconditional half.</summary>
    public const string Negative =
        "painting, oil painting, illustration, drawing, art, sketch, oil painting, cartoon, CG Style, 3D render, unreal engine, blurring, " +
        "dirty, messy, worst quality, low quality, frames, watermark, signature, jpeg artifacts, deformed, lowres, over-smooth";
}

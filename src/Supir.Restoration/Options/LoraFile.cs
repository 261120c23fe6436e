using System.Globalization;

namespace Supir.Restoration.Options;

/// <summary>A LoRA to apply to the weights.</summary>
/// <param name="Path">The file.</param>
/// <param name="Strength">How much of it: 1 is what it was trained for.</param>
public sealed record LoraFile(string Path, float Strength)
{
    /// <summary>Beyond this a LoRA leaves nothing of the weights that it changes.</summary>
    private const float LargestStrength = 10;

    /// <summary>Reads FILE or FILE:STRENGTH.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="label">What a message calls it.</param>
    /// <param name="folder">Where a relative path starts.</param>
    /// <exception cref="OptionException">There is no file name, or the strength is no number from −10 to 10.</exception>
    public static LoraFile Parse(string text, string label, string folder)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.LastIndexOf(':');
        string path = text;
        float strength = 1;

        // A colon may be part of a name: only what looks like a number behind it is a strength.
        if (colon >= 0 && !text[(colon + 1)..].Contains('/', StringComparison.Ordinal) && !File.Exists(System.IO.Path.GetFullPath(text, folder)))
        {
            path = text[..colon];
            if (!float.TryParse(text[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out strength) || !(MathF.Abs(strength) <= LargestStrength))
            {
                throw new OptionException(
                    FormattableString.Invariant($"{label}: '{text}' must be FILE or FILE:STRENGTH, with a strength from -{LargestStrength} to {LargestStrength}."));
            }
        }

        return path.Length == 0
            ? throw new OptionException($"{label}: '{text}' names no file.")
            : new LoraFile(System.IO.Path.GetFullPath(path, folder), strength);
    }
}

using System.Text;

namespace Supir.Checkpoints;

/// <summary>Names out of untrusted files, made fit for a message on a terminal.</summary>
internal static class Quotation
{
    /// <summary>Longer names than this are cut in messages; the longest in the published files has 97 characters.</summary>
    private const int MostCharacters = 160;

    /// <summary>The name in quotes, without control characters (which could steer a terminal) and not longer than a line or two.</summary>
    public static string Of(string name)
    {
        StringBuilder text = new("'", MostCharacters + 3);
        foreach (char character in name.AsSpan(0, Math.Min(name.Length, MostCharacters)))
        {
            text.Append(char.IsControl(character) ? '?' : character);
        }

        return text.Append(name.Length > MostCharacters ? "…'" : "'").ToString();
    }
}

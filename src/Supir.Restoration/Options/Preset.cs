namespace Supir.Restoration.Options;

/// <summary>A named set of values for flags (<c>--preset</c>): it stands between the command line and the options file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">When to use it, and where its values come from.</param>
/// <param name="Values">Flag → text, as on the command line.</param>
/// <param name="Ending">What the keys of an options file's <c>default_setting</c> end in that belong to it, without the underscore;
/// <c>null</c> for none. They count before <paramref name="Values"/>.</param>
public sealed record Preset(string Name, string Description, IReadOnlyDictionary<string, string> Values, string? Ending = null);

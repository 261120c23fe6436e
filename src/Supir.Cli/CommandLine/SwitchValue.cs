using Supir.Restoration;

namespace Supir.Cli.CommandLine;

/// <summary>The value of a switch that is no setting.</summary>
internal static class SwitchValue
{
    /// <summary>Whether the switch is on; off where it was not given.</summary>
    public static bool Parse(string name, string? text) => text is null
        ? false
        : bool.TryParse(text, out bool value) ? value : throw new OptionException($"{name}: must be true or false but is '{text}'.");
}

namespace Supir.Cli.CommandLine;

/// <summary>A flag of a command.</summary>
/// <param name="Group">The heading that it stands under in the help.</param>
/// <param name="Name">Its name as the reference spells it, with the dashes.</param>
/// <param name="ValueName">What its value is, for the help; <c>null</c> for a switch.</param>
/// <param name="Help">What it does.</param>
/// <param name="IsSetting">Whether <see cref="Restoration.Options.SettingsResolver"/> reads it, as it does most of <c>supir restore</c>; the others are the command's own.</param>
/// <param name="IsRepeatable">Whether it may be given several times.</param>
internal sealed record Flag(string Group, string Name, string? ValueName, string Help, bool IsSetting = true, bool IsRepeatable = false)
{
    /// <summary>The name without dashes, as settings have it.</summary>
    public string Setting => Name[2..];

    /// <summary>Whether <c>supir rerun</c> has it too: what the recipe says cannot be said again.</summary>
    public bool IsOfRerun => Group == RestoreFlags.Model || Name is "--output" or "--opt" or "--device" or "--threads" or "--ram" or "--vram";
}

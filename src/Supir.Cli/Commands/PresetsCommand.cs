using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary><c>supir presets</c>: what each preset stands for.</summary>
internal static class PresetsCommand
{
    /// <summary>Writes two lines a preset: when to use it, and its values as flags.</summary>
    public static int Run(Terminal terminal)
    {
        int width = Presets.All.Max(preset => preset.Name.Length);
        string indent = new(' ', width + 2);
        foreach (Preset preset in Presets.All)
        {
            terminal.Output.WriteLine($"{preset.Name.PadRight(width)}  {preset.Description}");
            if (preset.Values.Count > 0)
            {
                terminal.Output.WriteLine(indent + string.Join(' ', preset.Values.Select(pair => $"--{pair.Key} {pair.Value}")));
            }
        }

        return ExitCodes.Done;
    }
}

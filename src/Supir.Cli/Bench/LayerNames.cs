namespace Supir.Cli.Bench;

/// <summary>Which part of a network a layer belongs to, for a table that fits a screen.</summary>
internal static class LayerNames
{
    private static readonly string[] Roots = ["model.", "first_stage_model.", "conditioner.embedders."];

    /// <summary>A layer's name up to the numbers that follow its first part with numbers: the block or level.</summary>
    /// <example><c>model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_q</c> is in <c>diffusion_model.input_blocks.4.1</c>.</example>
    public static string BlockOf(string layer)
    {
        string? root = Array.Find(Roots, root => layer.StartsWith(root, StringComparison.Ordinal));
        string[] parts = (root is null ? layer : layer[root.Length..]).Split('.');
        int number = Array.FindIndex(parts, 1, IsNumber);
        if (number < 0)
        {
            return string.Join('.', parts.Length > 2 ? parts[..^1] : parts);
        }

        int end = Array.FindIndex(parts, number, part => !IsNumber(part));
        return string.Join('.', end < 0 ? parts : parts[..end]);
    }

    private static bool IsNumber(string part) => part.Length > 0 && part.All(char.IsAsciiDigit);
}

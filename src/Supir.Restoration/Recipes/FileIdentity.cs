namespace Supir.Restoration.Recipes;

/// <summary>Which file something was made of, wherever it lies.</summary>
/// <param name="Name">The file's name, without its folder.</param>
/// <param name="Sha256">The SHA-256 of its content, 64 hexadecimal digits in lower case.</param>
public sealed record FileIdentity(string Name, string Sha256)
{
    /// <summary>The factor that a LoRA was applied with; <c>null</c> for any other file.</summary>
    public float? Strength { get; init; }
}

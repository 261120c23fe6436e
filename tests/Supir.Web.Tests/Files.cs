using Microsoft.Playwright;

namespace Supir.Web.Tests;

/// <summary>Files to choose, drop and paste.</summary>
internal static class Files
{
    /// <summary>A photograph under any name.</summary>
    public static FilePayload Photograph(string name) => new()
    {
        Name = name,
        MimeType = "image/jpeg",
        Buffer = File.ReadAllBytes(Clone.Path("samples", "bee.jpg")),
    };

    /// <summary>A text.</summary>
    public static FilePayload Text(string name, string text) => new()
    {
        Name = name,
        MimeType = "text/plain",
        Buffer = System.Text.Encoding.UTF8.GetBytes(text),
    };

    /// <summary>A file that calls itself a photograph and is none.</summary>
    public static FilePayload Broken(string name) => new() { Name = name, MimeType = "image/jpeg", Buffer = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3] };
}

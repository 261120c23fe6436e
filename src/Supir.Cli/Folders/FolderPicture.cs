namespace Supir.Cli.Folders;

/// <summary>A picture of a folder.</summary>
/// <param name="Name">Its path from the folder, with "/".</param>
/// <param name="Path">Its whole path.</param>
/// <param name="Outputs">Where its samples go.</param>
internal sealed record FolderPicture(string Name, string Path, IReadOnlyList<string> Outputs);

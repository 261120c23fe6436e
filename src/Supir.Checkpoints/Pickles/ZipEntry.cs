namespace Supir.Checkpoints.Pickles;

/// <summary>One stored file of a zip archive.</summary>
/// <param name="Name">Its name in the archive.</param>
/// <param name="DataOffset">Where its first byte lies in the archive.</param>
/// <param name="Length">Its bytes, which are stored as they are.</param>
internal sealed record ZipEntry(string Name, long DataOffset, long Length);

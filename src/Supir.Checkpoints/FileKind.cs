namespace Supir.Checkpoints;

/// <summary>Recognises files that people take for a safetensors file.</summary>
internal static class FileKind
{
    /// <summary>A sentence about what a file seems to be by its first eight bytes, with a space in front; empty if nothing is known.</summary>
    public static string Hint(ReadOnlySpan<byte> start) =>
        start.StartsWith("PK\x03\x04"u8) || start.StartsWith((ReadOnlySpan<byte>)[0x80, 0x02])
            ? " It looks like a torch checkpoint (.ckpt, .pth, .bin)."
        : start.StartsWith("version "u8)
            ? " It looks like a Git LFS pointer: fetch the file itself with 'git lfs pull'."
        : start.StartsWith("<!"u8) || start.StartsWith("<html"u8)
            ? " It looks like a web page: the download went wrong."
        : start.StartsWith("GGUF"u8)
            ? " It looks like a GGUF file; this needs the same weights as .safetensors."
        : "";
}

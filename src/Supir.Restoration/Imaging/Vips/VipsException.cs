namespace Supir.Restoration.Imaging.Vips;

/// <summary>libvips refused; the message is its own. Callers turn it into an error that names the file.</summary>
internal sealed class VipsException(string message) : Exception(message);

using System.Runtime.InteropServices;

namespace Supir.Restoration.Imaging.Vips;

/// <summary>GLib's <c>GValue</c>: a type and two words of content, 24 bytes on every 64-bit system. All zero before <c>g_value_init</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GValue
{
    public nuint Type;
    public ulong First;
    public ulong Second;
}

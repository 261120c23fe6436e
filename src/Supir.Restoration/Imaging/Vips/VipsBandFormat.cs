namespace Supir.Restoration.Imaging.Vips;

/// <summary>The number formats of <c>VipsBandFormat</c> that we distinguish; others are converted by libvips.</summary>
internal enum VipsBandFormat
{
    UChar = 0,
    UShort = 2,
}

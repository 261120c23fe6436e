namespace Supir.Restoration.Imaging;

/// <summary>Numbers of TIFF 6.0 and EXIF 2.32: tags and types.</summary>
internal static class TiffTags
{
    public const ushort ImageDescription = 270;
    public const ushort Make = 271;
    public const ushort Model = 272;
    public const ushort Orientation = 274;
    public const ushort XResolution = 282;
    public const ushort YResolution = 283;
    public const ushort ResolutionUnit = 296;
    public const ushort Software = 305;
    public const ushort DateTime = 306;
    public const ushort Artist = 315;
    public const ushort HostComputer = 316;
    public const ushort Xmp = 700;
    public const ushort Rating = 18246;
    public const ushort RatingPercent = 18249;
    public const ushort Copyright = 33432;
    public const ushort Iptc = 33723;
    public const ushort ExifDirectory = 34665;
    public const ushort Profile = 34675;
    public const ushort GpsDirectory = 34853;
    public const ushort PixelWidth = 40962;
    public const ushort PixelHeight = 40963;
    public const ushort InteroperabilityDirectory = 40965;

    /// <summary>First and last of the texts that Windows writes: title, comment, author, keywords, subject.</summary>
    public const ushort FirstWindowsText = 40091;
    public const ushort LastWindowsText = 40095;

    public const ushort Byte = 1;
    public const ushort Short = 3;
    public const ushort Long = 4;
    public const ushort Rational = 5;
    public const ushort Undefined = 7;

    /// <summary>ResolutionUnit: pixels an inch.</summary>
    public const ushort Inch = 2;

    /// <summary>The tags that lead to a directory of their own.</summary>
    public static IReadOnlyList<ushort> Directories { get; } = [ExifDirectory, GpsDirectory, InteroperabilityDirectory];

    /// <summary>Whether a tag of the first directory tells about the photograph; the others tell how its pixels are stored.</summary>
    public static bool TellsAboutThePhotograph(ushort tag) => tag is
        ImageDescription or Make or Model or Software or DateTime or Artist or HostComputer or Rating or RatingPercent or Copyright
        or ExifDirectory or GpsDirectory or (>= FirstWindowsText and <= LastWindowsText);

    /// <summary>Bytes of a value of a type, and the unit in which byte order turns them around; 0 for an unknown type.</summary>
    public static (int Bytes, int Unit) SizeOf(ushort type) => type switch
    {
        1 or 2 or 6 or 7 => (1, 1), // BYTE, ASCII, SBYTE, UNDEFINED
        3 or 8 => (2, 2), // SHORT, SSHORT
        4 or 9 or 11 or 13 => (4, 4), // LONG, SLONG, FLOAT, IFD
        5 or 10 => (8, 4), // RATIONAL, SRATIONAL
        12 => (8, 8), // DOUBLE
        _ => (0, 0),
    };
}

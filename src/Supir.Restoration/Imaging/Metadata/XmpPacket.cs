using System.Text;
using System.Text.RegularExpressions;

namespace Supir.Restoration.Imaging;

/// <summary>An XMP packet: RDF as XML, in which a program may keep properties of its own.</summary>
internal static partial class XmpPacket
{
    /// <summary>The name of our properties' vocabulary; a name only, nothing is there to be fetched.</summary>
    private const string Namespace = "urn:supir:recipe";

    private const string End = "</rdf:RDF>";

    /// <summary>The packet as it describes an upright picture.</summary>
    public static ReadOnlyMemory<byte> Upright(ReadOnlyMemory<byte> xmp)
    {
        if (xmp.IsEmpty)
        {
            return xmp;
        }

        string text = Encoding.UTF8.GetString(xmp.Span);
        string upright = Orientation().Replace(text, match => match.Groups[1].Value + "1");
        return upright == text ? xmp : Encoding.UTF8.GetBytes(upright);
    }

    /// <summary>The packet with a recipe in place of the one that it may hold; a new packet where there is none that can take one.</summary>
    public static byte[] WithRecipe(ReadOnlySpan<byte> xmp, string recipe)
    {
        string property = $"<rdf:Description rdf:about=\"\" xmlns:supir=\"{Namespace}\"><supir:recipe>{Escape(recipe)}</supir:recipe></rdf:Description>";
        string text = Recipe().Replace(Encoding.UTF8.GetString(xmp), "");
        int end = text.LastIndexOf(End, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(end >= 0
            ? text[..end] + property + text[end..]
            : "<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">" +
              $"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">{property}{End}</x:xmpmeta><?xpacket end=\"w\"?>");
    }

    /// <summary>The packet without the recipe that it may hold.</summary>
    public static ReadOnlyMemory<byte> WithoutRecipe(ReadOnlyMemory<byte> xmp)
    {
        string text = Encoding.UTF8.GetString(xmp.Span);
        string bare = Recipe().Replace(text, "");
        return bare == text ? xmp : Encoding.UTF8.GetBytes(bare);
    }

    /// <summary>The recipe in a packet, or <c>null</c>.</summary>
    public static string? FindRecipe(ReadOnlySpan<byte> xmp)
    {
        Match match = Recipe().Match(Encoding.UTF8.GetString(xmp));
        return match.Success ? Unescape(match.Groups["text"].Value) : null;
    }

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Unescape(string text) => text
        .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

    [GeneratedRegex("""(tiff:Orientation(?:\s*=\s*["']|>))[2-8]""", RegexOptions.CultureInvariant)]
    private static partial Regex Orientation();

    /// <summary>The property as we write it, or as another program has put it among its own.</summary>
    [GeneratedRegex("""<rdf:Description rdf:about="" xmlns:supir="urn:supir:recipe"><supir:recipe>(?<text>[^<]*)</supir:recipe></rdf:Description>|<supir:recipe>(?<text>[^<]*)</supir:recipe>""", RegexOptions.CultureInvariant)]
    private static partial Regex Recipe();
}

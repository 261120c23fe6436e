using System.Text.Json;
using Supir.Testing;

namespace Supir.Models.Tests.TextEncoders;

/// <summary>The token ids of the goldens' two prompts, from tests/goldens/tokens.json.</summary>
internal sealed class GoldenPrompt
{
    public const int Tokens = 77;

    private const int EndToken = 49407;

    private GoldenPrompt(IReadOnlyList<int> idsToEnd)
    {
        End = idsToEnd.Count - 1;
        FirstIds = Pad(idsToEnd, EndToken);
        SecondIds = Pad(idsToEnd, 0);
    }

    /// <summary>The default negative prompt.</summary>
    public static GoldenPrompt Negative => new(IdsToEnd(fromLast: 1));

    /// <summary>"a photo of a cat" and, without a space, the default positive prompt, which begins with "Cinematic".</summary>
    public static GoldenPrompt Positive
    {
        get
        {
            // "catcinematic" is one word of two pieces, "cat" inside a word (1481) and "cinematic" at its end, which is also how the
            // positive prompt begins on its own.
            int[] positive = IdsToEnd(fromLast: 2);
            return new GoldenPrompt([positive[0], 320, 1125, 539, 320, 1481, .. positive[1..]]);
        }
    }

    public int End { get; }

    public float[] FirstIds { get; }

    public float[] SecondIds { get; }

    private static int[] IdsToEnd(int fromLast)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf("tokens.json")));
        JsonElement entry = document.RootElement[document.RootElement.GetArrayLength() - fromLast];
        int[] ids = [.. entry.GetProperty("clip").EnumerateArray().Select(id => id.GetInt32())];
        return ids[..(Array.IndexOf(ids, EndToken) + 1)];
    }

    private static float[] Pad(IReadOnlyList<int> ids, int padding)
    {
        float[] padded = new float[Tokens];
        for (int i = 0; i < Tokens; i++)
        {
            padded[i] = i < ids.Count ? ids[i] : padding;
        }

        return padded;
    }
}

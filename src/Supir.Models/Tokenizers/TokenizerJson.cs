using System.Text.Json;
using Supir.Checkpoints;

namespace Supir.Models.Tokenizers;

/// <summary>Reads Hugging Face's tokenizer.json, where it holds a SentencePiece model of LLaMA's kind.</summary>
/// <remarks>The file has joins in their order instead of scores. All joins that make one piece came out of that piece's score, so the
/// first of them gives the piece its place; pieces that no join makes are single characters, bytes and marks.</remarks>
internal static class TokenizerJson
{
    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="CheckpointException">It is damaged, or not of LLaMA's kind.</exception>
    public static SentencePieceVocabulary Read(string description, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return Read(description, document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new CheckpointException($"{description} is not a tokenizer that can be read: {exception.Message}", exception);
        }
    }

    private static SentencePieceVocabulary Read(string description, JsonElement root)
    {
        JsonElement model = root.GetProperty("model");
        bool hasBytes = model.TryGetProperty("byte_fallback", out JsonElement fallback) && fallback.GetBoolean();
        if (model.GetProperty("type").GetString() != "BPE" || !hasBytes)
        {
            throw new CheckpointException($"{description}: only tokenizers like LLaMA's can be read: byte-pair encoding with a piece for each byte.");
        }

        Dictionary<string, int> places = [];
        foreach (JsonElement merge in model.GetProperty("merges").EnumerateArray())
        {
            string joined = merge.ValueKind == JsonValueKind.Array
                ? merge[0].GetString() + merge[1].GetString()
                : merge.GetString()!.Replace(" ", "", StringComparison.Ordinal);
            places.TryAdd(joined, places.Count);
        }

        // Most of these have a place in the vocabulary, too; others, such as LLaVA's <image>, follow behind it.
        Dictionary<string, int> added = [];
        foreach (JsonElement token in root.GetProperty("added_tokens").EnumerateArray())
        {
            added.TryAdd(token.GetProperty("content").GetString()!, token.GetProperty("id").GetInt32());
        }

        SortedDictionary<int, SentencePiece> pieces = [];
        foreach (JsonProperty entry in model.GetProperty("vocab").EnumerateObject())
        {
            pieces.Add(entry.Value.GetInt32(), PieceOf(entry.Name, added.ContainsKey(entry.Name), places));
        }

        foreach ((string text, int id) in added)
        {
            pieces.TryAdd(id, new SentencePiece(text, 0, SentencePieceKind.Control));
        }

        if (pieces.Count == 0 || pieces.Keys.First() != 0 || pieces.Keys.Last() != pieces.Count - 1)
        {
            throw new CheckpointException($"{description}: the ids of the vocabulary do not run from 0 without a gap.");
        }

        return new SentencePieceVocabulary(
            description, [.. pieces.Values], IdOf("<unk>", added), IdOf("<s>", added), IdOf("</s>", added), BeginsWithSpace(root));
    }

    private static SentencePiece PieceOf(string text, bool isAdded, Dictionary<string, int> places)
    {
        bool isByte = text.Length == "<0x00>".Length && text.StartsWith("<0x", StringComparison.Ordinal);
        SentencePieceKind kind = isByte ? SentencePieceKind.Byte
            : isAdded ? SentencePieceKind.Control
            : SentencePieceKind.Normal;
        return new SentencePiece(text, places.TryGetValue(text, out int place) ? -place : float.NegativeInfinity, kind);
    }

    private static int IdOf(string mark, Dictionary<string, int> added) => added.TryGetValue(mark, out int id)
        ? id
        : throw new CheckpointException($"The tokenizer has no mark {mark} among its added_tokens.");

    /// <summary>Whether a space is put first: by a normalizer "Prepend", or in newer files by a pre-tokenizer "Metaspace".</summary>
    private static bool BeginsWithSpace(JsonElement root)
    {
        if (root.TryGetProperty("normalizer", out JsonElement normalizer) && normalizer.ValueKind == JsonValueKind.Object)
        {
            IEnumerable<JsonElement> parts = normalizer.TryGetProperty("normalizers", out JsonElement list) ? list.EnumerateArray() : [normalizer];
            if (parts.Any(part => part.GetProperty("type").GetString() == "Prepend"))
            {
                return true;
            }
        }

        return root.TryGetProperty("pre_tokenizer", out JsonElement words) && words.ValueKind == JsonValueKind.Object
            && words.GetProperty("type").GetString() == "Metaspace"
            && (!words.TryGetProperty("prepend_scheme", out JsonElement scheme) || scheme.GetString() != "never");
    }
}

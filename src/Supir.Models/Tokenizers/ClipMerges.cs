using System.IO.Compression;
using System.Text;

namespace Supir.Models.Tokenizers;

/// <summary>CLIP's byte-pair vocabulary: which two pieces join to a third, in the order in which the joins were learnt.</summary>
/// <remarks>Ids 0-255 are bytes inside a word, 256-511 bytes that end one; from there on every join makes an id, in order. So the id of
/// what comes out is also the rank of the join: lower ones go first.
/// Source: Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units", arXiv:1508.07909.</remarks>
internal sealed class ClipMerges
{
    private const string Resource = "clip_bpe_vocab_16e6.txt.gz";
    private const int ByteValues = 256;
    private const int FirstJoinedId = 2 * ByteValues;

    // The file goes on, but CLIP was trained with these only: the first 524,645 bytes.
    private const int JoinCount = ClipTokenizer.StartToken - FirstJoinedId;
    private const int BytesToRead = 540_000;
    private const int TableBits = 17;

    private const ulong EmptyHash = 14695981039346656037;
    private const ulong HashPrime = 1099511628211;

    private readonly int[] _idOfByte;
    private readonly IdTable _joinedId;

    private ClipMerges(int[] idOfByte, IdTable joinedId)
    {
        _idOfByte = idOfByte;
        _joinedId = joinedId;
    }

    /// <summary>Reads the embedded vocabulary.</summary>
    public static ClipMerges Load()
    {
        // A piece is known by the hash of its text; two pieces with one hash would be refused by the table.
        int[] idOfByte = new int[ByteValues];
        IdTable idOfPiece = new(TableBits);
        int id = 0;
        foreach ((byte value, string letter) in BytesInOrder())
        {
            idOfByte[value] = id;
            ulong hash = Hash(EmptyHash, Encoding.UTF8.GetBytes(letter));
            idOfPiece.Add(hash, id);
            idOfPiece.Add(Hash(hash, "</w>"u8), id + ByteValues);
            id++;
        }

        IdTable joinedId = new(TableBits);
        ReadOnlySpan<byte> lines = ReadLines();
        lines = lines[(lines.IndexOf((byte)'\n') + 1)..]; // the first line is a title
        for (id = FirstJoinedId; id < FirstJoinedId + JoinCount; id++)
        {
            ReadOnlySpan<byte> line = lines[..lines.IndexOf((byte)'\n')];
            lines = lines[(line.Length + 1)..];
            int space = line.IndexOf((byte)' ');
            ReadOnlySpan<byte> right = line[(space + 1)..];
            ulong leftHash = Hash(EmptyHash, line[..space]);
            joinedId.Add(Pair(idOfPiece.Find(leftHash), idOfPiece.Find(Hash(EmptyHash, right))), id);
            idOfPiece.Add(Hash(leftHash, right), id);
        }

        return new ClipMerges(idOfByte, joinedId);
    }

    /// <summary>Adds the ids of one word's pieces to a list.</summary>
    /// <param name="word">At least one character.</param>
    /// <param name="ids">The list.</param>
    /// <remarks>The waiting joins lie in a queue, so that a word of n bytes takes n log n steps, however long someone makes it.</remarks>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        const int None = -1;
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        int[] pieces = new int[bytes.Length]; // ids; None where a piece was joined to the one on its left
        int[] previous = new int[bytes.Length];
        int[] next = new int[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            pieces[i] = _idOfByte[bytes[i]] + (i == bytes.Length - 1 ? ByteValues : 0);
            previous[i] = i - 1;
            next[i] = i + 1;
        }

        PriorityQueue<Join, long> waiting = new(bytes.Length);
        for (int i = 0; i < bytes.Length; i++)
        {
            Consider(i);
        }

        while (waiting.TryDequeue(out Join join, out long idAndPosition))
        {
            int left = (int)(uint)idAndPosition;
            int right = next[left];
            if (pieces[left] != join.Left || right == bytes.Length || pieces[right] != join.Right)
            {
                continue; // one of the two has been joined to another piece meanwhile
            }

            pieces[left] = (int)(idAndPosition >> 32);
            pieces[right] = None;
            next[left] = next[right];
            if (next[left] < bytes.Length)
            {
                previous[next[left]] = left;
            }

            Consider(previous[left]);
            Consider(left);
        }

        ids.AddRange(pieces.Where(static id => id != None));

        void Consider(int left)
        {
            if (left < 0 || next[left] == bytes.Length)
            {
                return;
            }

            Join join = new(pieces[left], pieces[next[left]]);
            int id = _joinedId.Find(Pair(join.Left, join.Right));
            if (id >= 0)
            {
                waiting.Enqueue(join, ((long)id << 32) | (uint)left);
            }
        }
    }

    /// <summary>Every byte and the letter that stands for it in the file: itself where it can be printed, else one from 256 on.</summary>
    private static IEnumerable<(byte Value, string Letter)> BytesInOrder()
    {
        for (int value = 0; value < ByteValues; value++)
        {
            if (IsPrintable(value))
            {
                yield return ((byte)value, ((char)value).ToString());
            }
        }

        int standIn = ByteValues;
        for (int value = 0; value < ByteValues; value++)
        {
            if (!IsPrintable(value))
            {
                yield return ((byte)value, ((char)standIn++).ToString());
            }
        }
    }

    // Latin-1 without controls, spaces and the soft hyphen.
    private static bool IsPrintable(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    private static byte[] ReadLines()
    {
        using Stream packed = typeof(ClipMerges).Assembly.GetManifestResourceStream(Resource)!;
        using GZipStream unpacked = new(packed, CompressionMode.Decompress);
        byte[] text = new byte[BytesToRead];
        unpacked.ReadExactly(text);
        return text;
    }

    // FNV-1a; the hash of two texts in a row is the second's, begun with the first's.
    private static ulong Hash(ulong start, ReadOnlySpan<byte> text)
    {
        ulong hash = start;
        foreach (byte value in text)
        {
            hash = (hash ^ value) * HashPrime;
        }

        return hash;
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private readonly record struct Join(int Left, int Right);
}

using System.Buffers.Binary;
using System.Text;
using Supir.Checkpoints;

namespace Supir.Models.Tokenizers;

/// <summary>Reads tokenizer.model: a protocol buffer of the message ModelProto.</summary>
/// <remarks>Only the fields that LLaMA's tokenizer has are known; a model that is trained or prepared otherwise is refused, because its
/// ids would be wrong. Source of the field numbers: src/sentencepiece_model.proto (google/sentencepiece 0.2).</remarks>
internal static class SentencePieceFile
{
    /// <summary>BPE among the algorithms of TrainerSpec.</summary>
    private const ulong BytePairEncoding = 2;

    private const int MostPieces = 1 << 20;

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="CheckpointException">It is damaged, or not of LLaMA's kind.</exception>
    public static SentencePieceVocabulary Read(string description, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return ReadModel(description, bytes);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException or InvalidDataException)
        {
            throw new CheckpointException($"{description} is not a SentencePiece model, or damaged: {exception.Message}", exception);
        }
    }

    private static SentencePieceVocabulary ReadModel(string description, ReadOnlySpan<byte> bytes)
    {
        List<SentencePiece> pieces = [];
        ulong algorithm = 1;
        int unknown = 0;
        int start = 1;
        int end = 2;
        bool beginsWithSpace = true;
        bool removesSpaces = true;
        bool isIdentity = true;
        Fields model = new(bytes);
        while (model.Next())
        {
            switch (model.Number)
            {
                case 1:
                    pieces.Add(pieces.Count < MostPieces ? ReadPiece(model.Bytes) : throw new InvalidDataException($"more than {MostPieces} pieces"));
                    break;
                case 2:
                    Fields trainer = new(model.Bytes);
                    while (trainer.Next())
                    {
                        algorithm = trainer.Number == 3 ? trainer.Value : algorithm;
                        unknown = trainer.Number == 40 ? (int)trainer.Value : unknown;
                        start = trainer.Number == 41 ? (int)trainer.Value : start;
                        end = trainer.Number == 42 ? (int)trainer.Value : end;
                    }

                    break;
                case 3:
                    Fields normalizer = new(model.Bytes);
                    while (normalizer.Next())
                    {
                        isIdentity &= normalizer.Number != 2 || normalizer.Bytes.IsEmpty;
                        beginsWithSpace = normalizer.Number == 3 ? normalizer.Value != 0 : beginsWithSpace;
                        removesSpaces = normalizer.Number == 4 ? normalizer.Value != 0 : removesSpaces;
                        isIdentity &= normalizer.Number != 5 || normalizer.Value != 0;
                    }

                    break;
                default:
                    break;
            }
        }

        if (pieces.Count == 0)
        {
            throw new InvalidDataException("it has no pieces.");
        }

        return algorithm == BytePairEncoding && isIdentity && !removesSpaces
            ? new SentencePieceVocabulary(description, pieces, unknown, start, end, beginsWithSpace)
            : throw new CheckpointException(
                $"{description}: only SentencePiece models like LLaMA's can be read: byte-pair encoding of text as it is, spaces kept. This one is trained or prepared otherwise.");
    }

    private static SentencePiece ReadPiece(ReadOnlySpan<byte> bytes)
    {
        string text = "";
        float score = 0;
        SentencePieceKind kind = SentencePieceKind.Normal;
        Fields piece = new(bytes);
        while (piece.Next())
        {
            text = piece.Number == 1 ? Encoding.UTF8.GetString(piece.Bytes) : text;
            score = piece.Number == 2 ? BitConverter.UInt32BitsToSingle((uint)piece.Value) : score;
            kind = piece.Number == 3 ? (SentencePieceKind)piece.Value : kind;
        }

        return new SentencePiece(text, score, kind);
    }

    /// <summary>Walks over the fields of one message. Source: protobuf.dev, "Encoding".</summary>
    private ref struct Fields(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> _rest = message;

        /// <summary>The field's number.</summary>
        public ulong Number { get; private set; }

        /// <summary>A number, or the bits of a float; 0 for bytes.</summary>
        public ulong Value { get; private set; }

        /// <summary>Text or a message of its own; empty for a number.</summary>
        public ReadOnlySpan<byte> Bytes { get; private set; }

        public bool Next()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            ulong tag = ReadVarint();
            Number = tag >> 3;
            Bytes = [];
            Value = 0;
            switch (tag & 7)
            {
                case 0:
                    Value = ReadVarint();
                    break;
                case 1:
                    Value = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
                    break;
                case 2:
                    Bytes = Take(ReadVarint());
                    break;
                case 5:
                    Value = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
                    break;
                default:
                    throw new InvalidDataException($"a field has the unknown wire type {tag & 7}.");
            }

            return true;
        }

        private ReadOnlySpan<byte> Take(ulong length)
        {
            if (length > (ulong)_rest.Length)
            {
                throw new InvalidDataException("a field is longer than what is left.");
            }

            ReadOnlySpan<byte> taken = _rest[..(int)length];
            _rest = _rest[(int)length..];
            return taken;
        }

        private ulong ReadVarint()
        {
            ulong value = 0;
            for (int shift = 0; shift < 64; shift += 7)
            {
                byte next = Take(1)[0];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }

            throw new InvalidDataException("a number has more than ten bytes.");
        }
    }
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Supir.Checkpoints.Pickles;

/// <summary>Reads the numbers and texts of a pickle from its bytes, which anybody may have written, and never past their end.</summary>
internal sealed class PickleCursor
{
    /// <summary>Digits or bytes of the longest whole number that is read; torch's own longest has 10 bytes.</summary>
    private const int LongestNumber = 256;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;
    private readonly string _file;

    /// <summary>A cursor at the first byte.</summary>
    /// <param name="bytes">The bytes; more may follow the pickle.</param>
    /// <param name="file">The path, for messages.</param>
    public PickleCursor(byte[] bytes, string file)
    {
        _bytes = bytes;
        _file = file;
    }

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>How many bytes are left.</summary>
    public int Remaining => _bytes.Length - Position;

    /// <summary>The next byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Take(long count)
    {
        Require(count >= 0 && count <= Remaining, $"it ends in the middle (at byte {Position:N0}, {count:N0} more are needed)");
        Position += (int)count;
        return _bytes.AsSpan(Position - (int)count, (int)count);
    }

    /// <summary>An unsigned number of 2 bytes.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    /// <summary>A signed number of 4 bytes.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>An unsigned number of 4 bytes.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>A length of 8 bytes; one that no array has is refused when it is taken.</summary>
    public long Length64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>A double with its highest byte first.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double)));

    /// <summary>A whole number of that many bytes in two's complement: a <see cref="long"/> where it fits one.</summary>
    public object Whole(long byteCount)
    {
        Require(byteCount is >= 0 and <= LongestNumber, $"it has a whole number of {byteCount:N0} bytes");
        BigInteger number = new(Take(byteCount));
        return Narrowed(number);
    }

    /// <summary>A whole number in decimal digits, to the end of its line.</summary>
    public object WholeLine()
    {
        string line = Line().TrimEnd('L');
        BigInteger number = default;
        Require(
            line.Length <= LongestNumber && BigInteger.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number),
            "it has a line that is not a whole number");
        return Narrowed(number);
    }

    /// <summary>A number with a decimal point, to the end of its line.</summary>
    public double DoubleLine()
    {
        Require(
            double.TryParse(Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number), "it has a line that is not a number");
        return number;
    }

    /// <summary>Text in UTF-8.</summary>
    public string Text(long byteCount)
    {
        ReadOnlySpan<byte> bytes = Take(byteCount);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new CheckpointException($"{_file} is damaged: its pickle has text that is not UTF-8 before byte {Position:N0}.", exception);
        }
    }

    /// <summary>Text to the end of the line.</summary>
    public string Line()
    {
        int length = _bytes.AsSpan(Position).IndexOf((byte)'\n');
        Require(length >= 0, $"it ends in the middle of a line (from byte {Position:N0} on)");
        string line = Text(length);
        Position++;
        return line;
    }

    /// <summary>What is thrown when the pickle is not as it should be.</summary>
    public CheckpointException Refusal(string what) => new($"{_file} is damaged or not a torch checkpoint: in its pickle, {what}.");

    /// <summary>Refuses the pickle unless something holds.</summary>
    public void Require([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Refusal(otherwise);
        }
    }

    private static object Narrowed(BigInteger number)
    {
        object result = number;
        if (number >= long.MinValue && number <= long.MaxValue)
        {
            result = (long)number;
        }

        return result;
    }
}

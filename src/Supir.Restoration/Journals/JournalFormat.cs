using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Supir.Engine;
using Supir.Restoration.Sampling;

namespace Supir.Restoration.Journals;

/// <summary>A journal's bytes: mark, key of the run, entry, and a hash of all this. A file that was cut or changed is none.</summary>
internal static class JournalFormat
{
    private const int HashLength = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Mark => "SUPIRJ1\n"u8;

    /// <summary>The bytes of an entry.</summary>
    /// <param name="key">The run that it is of, 32 bytes.</param>
    /// <param name="entry">The entry.</param>
    public static byte[] Write(ReadOnlySpan<byte> key, JournalEntry entry)
    {
        using MemoryStream file = new();
        using BinaryWriter writer = new(file);
        writer.Write(Mark);
        writer.Write(key);
        writer.Write(entry.Seed);
        writer.Write((int)entry.Precision);
        writer.Write(entry.State.Step);
        writer.Write(1 + entry.State.History.Count);
        foreach (float[] values in entry.State.History.Prepend(entry.State.Latent))
        {
            writer.Write(values.Length);
            writer.Write(MemoryMarshal.AsBytes<float>(values));
        }

        foreach (byte[] generator in new[] { entry.CpuGenerator, entry.DeviceGenerator })
        {
            writer.Write(generator.Length);
            writer.Write(generator);
        }

        writer.Flush();
        writer.Write(SHA256.HashData(file.GetBuffer().AsSpan(0, (int)file.Length)));
        return file.ToArray();
    }

    /// <summary>The entry in a journal of a run; <c>null</c> where the bytes are not whole or of another run.</summary>
    public static JournalEntry? Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key)
    {
        int length = bytes.Length - HashLength;
        if (length < Mark.Length + key.Length
            || !SHA256.HashData(bytes[..length]).AsSpan().SequenceEqual(bytes[length..])
            || !bytes.StartsWith(Mark)
            || !bytes[Mark.Length..].StartsWith(key))
        {
            return null;
        }

        // What has the right hash was written by this code, so that its lengths can be trusted.
        using BinaryReader reader = new(new MemoryStream(bytes[(Mark.Length + key.Length)..length].ToArray(), writable: false));
        long seed = reader.ReadInt64();
        WeightPrecision precision = (WeightPrecision)reader.ReadInt32();
        int step = reader.ReadInt32();
        float[][] arrays = new float[reader.ReadInt32()][];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = new float[reader.ReadInt32()];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(arrays[i].AsSpan()));
        }

        return new JournalEntry(
            seed, precision, new SamplerState(step, arrays[0], arrays[1..]), reader.ReadBytes(reader.ReadInt32()), reader.ReadBytes(reader.ReadInt32()));
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Supir.Checkpoints.Tests;

/// <summary>A folder for the files of one test; gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("supir-checkpoints-").FullName;

    /// <summary>A safetensors file from a header, right or wrong, and as many data bytes 0, 1, 2, … as are asked for.</summary>
    public string Safetensors(string header, int dataBytes, string name = "test.safetensors") =>
        Safetensors(Encoding.UTF8.GetBytes(header), [.. Enumerable.Range(0, dataBytes).Select(i => (byte)i)], name);

    /// <summary>A safetensors file from the bytes of a header and the data after it.</summary>
    public string Safetensors(byte[] header, byte[] data, string name = "test.safetensors")
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return Bytes([.. length, .. header, .. data], name);
    }

    /// <summary>A file of these bytes.</summary>
    public string Bytes(ReadOnlySpan<byte> bytes, string name = "test.safetensors")
    {
        string path = PathOf(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Where a file of this name would be.</summary>
    public string PathOf(string name) => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}

using System.Text;
using Supir.Checkpoints.Pickles;
using Xunit;

namespace Supir.Checkpoints.Tests.Pickles;

public sealed class LargeArchiveTests : IDisposable
{
    private const long Elements = 3L << 30;

    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Name, long Length, long Start)> _written = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_archive_larger_than_four_gibibytes_opens_without_being_read()
    {
        string path = _folder.PathOf("large.ckpt");
        using (BinaryWriter writer = new(File.Create(path)))
        {
            byte[] pickle = Encoding.Latin1.GetBytes("\u0080\u0002}(U\u0003big" + Tensor("0", Elements) + "U\u0003end" + Tensor("1", 2) + "u.");
            Begin(writer, "a/data.pkl", pickle.Length);
            writer.Write(pickle);
            Begin(writer, "a/data/0", 2 * Elements);
            writer.Seek(0, SeekOrigin.End);

            // A hole: the file system keeps no bytes for it.
            writer.BaseStream.Position += 2 * Elements;
            Begin(writer, "a/data/1", 4);
            writer.Write((Half)3f);
            writer.Write((Half)4f);
            End(writer);
        }

        using IWeightSource file = CheckpointFile.Open(path);
        Assert.IsType<TorchFile>(file);
        Assert.Equal([3f, 4f], file.Get("end").ToFloats());
        Assert.Equal(2 * Elements, file.Tensors["big"].ByteCount);
    }

    private static string Tensor(string key, long count) =>
        $"ctorch._utils\n_rebuild_tensor_v2\n((U\u0007storagectorch\nHalfStorage\nU\u0001{key}U\u0003cpuL{count}L\ntQK\u0000(L{count}L\ntK\u0001\u0085\u0089ccollections\nOrderedDict\n)RtR";

    private void Begin(BinaryWriter writer, string name, long length)
    {
        _written.Add((name, length, writer.BaseStream.Position));
        writer.Write("PK\u0003\u0004"u8);
        writer.Write(new byte[22]);
        writer.Write((ushort)name.Length);
        writer.Write((ushort)0);
        writer.Write(Encoding.ASCII.GetBytes(name));
    }

    /// <summary>The directory with ZIP64 fields for all entries, and its end in both forms.</summary>
    private void End(BinaryWriter writer)
    {
        long start = writer.BaseStream.Position;
        foreach ((string name, long length, long place) in _written)
        {
            writer.Write("PK\u0001\u0002"u8);
            writer.Write(new byte[16]);
            writer.Write(uint.MaxValue);
            writer.Write(uint.MaxValue);
            writer.Write((ushort)name.Length);
            writer.Write((ushort)28);
            writer.Write(new byte[10]);
            writer.Write(uint.MaxValue);
            writer.Write(Encoding.ASCII.GetBytes(name));
            writer.Write((ushort)1);
            writer.Write((ushort)24);
            writer.Write(length);
            writer.Write(length);
            writer.Write(place);
        }

        long end = writer.BaseStream.Position;
        writer.Write("PK\u0006\u0006"u8);
        writer.Write(44L);
        writer.Write(new byte[12]);
        writer.Write((long)_written.Count);
        writer.Write((long)_written.Count);
        writer.Write(end - start);
        writer.Write(start);
        writer.Write("PK\u0006\u0007"u8);
        writer.Write(0);
        writer.Write(end);
        writer.Write(1);
        writer.Write("PK\u0005\u0006"u8);
        writer.Write(new byte[4]);
        writer.Write(ushort.MaxValue);
        writer.Write(ushort.MaxValue);
        writer.Write(uint.MaxValue);
        writer.Write(uint.MaxValue);
        writer.Write((ushort)0);
    }
}

using System.IO.Compression;
using System.Text;
using Supir.Checkpoints.Pickles;
using Xunit;

namespace Supir.Checkpoints.Tests.Pickles;

public sealed class HostilePickleTests : IDisposable
{
    /// <summary>Opcodes of a dict 'a' with a tensor of [2, 3] halves over storage '0' of six; the numbers are replaced by the tests.</summary>
    private const string Good =
        "\u0080\u0002}U\u0001actorch._utils\n_rebuild_tensor_v2\n((U\u0007storagectorch\nHalfStorage\nU\u00010U\u0003cpuI6\ntQI0\n(I2\nI3\nt(I3\nI1\nt\u0089ccollections\nOrderedDict\n)RtRs.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("program.zip.ckpt", "'posix.system'")]
    [InlineData("program.protocol4.zip.ckpt", "'posix.system'")]
    [InlineData("program.bare.ckpt", "'posix.system'")]
    [InlineData("program.text.ckpt", "'posix.system'")]
    [InlineData("program.third.ckpt", "'posix.system'")]
    [InlineData("program.fourth.ckpt", "'posix.system'")]
    [InlineData("program.fifth.ckpt", "'posix.system'")]
    [InlineData("program.inst.ckpt", "'os.system'")]
    [InlineData("program.obj.ckpt", "'os.system'")]
    [InlineData("program.never_called.ckpt", "'builtins.eval'")]
    [InlineData("program.extension.ckpt", "extension code 7")]
    [InlineData("program.load_from_bytes.ckpt", "'torch.storage._load_from_bytes'")]
    public void A_file_that_would_run_a_program_is_refused_and_names_it(string name, string what)
    {
        string path = PickleFixture.PathOf(name);
        string message = Assert.Throws<CheckpointException>(() => CheckpointFile.Open(path)).Message;
        Assert.StartsWith($"{path} was not loaded: it asks for the Python object", message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pickle_that_the_other_tests_spoil_is_good()
    {
        using TorchFile file = TorchFile.Open(Archive(Good, new byte[12]));
        Assert.Equal(new float[6], file.Get("a").ToFloats());
    }

    [Theory]
    [InlineData("I6\n", "I7\n", "tensor 'a' needs a storage of 7 elements in F16, but the one in the file has 12 bytes")]
    [InlineData("I6\n", "I9223372036854775807\n", "needs a storage of 9,223,372,036,854,775,807 elements")]
    [InlineData("I6\n", "I-6\n", "no storage of a known number format")]
    [InlineData("I6\n", "I99999999999999999999\n", "no storage of a known number format")]
    [InlineData("I2\n", "I3\n", "tensor 'a' of shape [3, 3] reaches out of its storage")]
    [InlineData("I0\n", "I1\n", "tensor 'a' of shape [2, 3] reaches out of its storage")]
    [InlineData("I0\n", "I9223372036854775807\n", "reaches out of its storage")]
    [InlineData("(I2\nI3\nt", "(I4294967296\nI4294967296\nt", "reaches out of its storage")]
    [InlineData("(I2\nI3\nt", "(I9223372036854775807\nI0\nt", "reaches out of its storage")]
    [InlineData("(I3\nI1\nt", "(I9223372036854775807\nI1\nt", "reaches out of its storage")]
    [InlineData("(I3\nI1\nt", "(I-3\nI1\nt", "are not those of a tensor")]
    [InlineData("(I3\nI1\nt", "(I3\nt", "are not those of a tensor")]
    [InlineData("(I2\nI3\nt(I3\nI1\nt", "(I1000000\nI2\nt(I0\nI1\nt", "repeats 6 stored elements (it was expanded)")]
    [InlineData("HalfStorage", "HelfStorage", "asks for the Python object 'torch.HelfStorage'")]
    [InlineData("U\u00010", "U\u00011", "the storage '1' is not in the archive")]
    [InlineData("U\u0007storage", "U\u0007sturage", "no storage of a known number format")]
    [InlineData("tRs.", "tRs", "it ends in the middle")]
    [InlineData("tRs.", "tRs.N", "1 bytes follow its end")]
    [InlineData("tRs.", "tRsN.", "values are left over")]
    [InlineData("}U", "]U", "entries are put into what is no dict")]
    [InlineData("\u0080\u0002", "\u0080\u0009", "the protocol is 9")]
    [InlineData("\u0080\u0002", "\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f", "a frame of")]
    [InlineData("}U\u0001a", "}h\u0007", "never remembered")]
    [InlineData("}U\u0001a", "}T\u00ff\u00ff\u00ff\u007f", "it ends in the middle")]
    [InlineData("}U\u0001a", "}T\u00ff\u00ff\u00ff\u00ff", "it ends in the middle")]
    [InlineData("}U\u0001a", "}U\u0001\u00ff", "text that is not UTF-8")]
    [InlineData("}U\u0001a", "}t", "a mark is asked for that was never set")]
    [InlineData("}U\u0001a", "}ssssU\u0001a", "never made")]
    [InlineData("}U\u0001a", "}~", "the byte 7e at 3 is no instruction")]
    [InlineData("}U\u0001a", "}P0\n", "the byte 50 at 3 is no instruction")]
    [InlineData("}U\u0001a", "}\u008b\u00ff\u00ff\u00ff\u007f", "a whole number of 2,147,483,647 bytes")]
    public void A_pickle_that_is_not_as_it_should_be_is_refused(string from, string to, string reason)
    {
        Refused(Archive(Good.Replace(from, to, StringComparison.Ordinal), new byte[12]), reason);
    }

    [Fact]
    public void A_dict_that_holds_itself_is_read_and_holds_no_weights() => Refused(Archive("}q\u0001U\nstate_dicth\u0001s.", []), "holds no weights");

    [Fact]
    public void Bombs_of_values_are_refused_before_they_fill_the_memory()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(Archive("(" + new string('}', 3_000_000) + "t.", []), "more than 2,000,000 values");
        Refused(Archive("(" + string.Concat(Enumerable.Repeat("N\u0094", 1_500_000)) + "t.", []), "more than 2,000,000 values");

        // One list of 100,000 pairs, of which each call would make another dict.
        string pairs = "]q\u0001(NN\u0086q\u0002" + string.Concat(Enumerable.Repeat("h\u0002", 100_000)) + "e0ccollections\nOrderedDict\nq\u0003(";
        Refused(Archive(pairs + string.Concat(Enumerable.Repeat("h\u0003h\u0001\u0085R", 1000)) + "t.", []), "more than 2,000,000 values");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2L << 30);
    }

    [Fact]
    public void Compressed_archives_are_refused_before_they_are_unpacked()
    {
        string path = _folder.PathOf("bomb.ckpt");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using Stream entry = zip.CreateEntry("archive/data.pkl", CompressionLevel.SmallestSize).Open();
            entry.Write(new byte[1 << 20]);
        }

        Refused(path, "'archive/data.pkl' in it is compressed");
    }

    [Fact]
    public void A_zip_archive_of_something_else_is_named()
    {
        string path = _folder.PathOf("other.zip");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("readme.txt", CompressionLevel.NoCompression);
        }

        Refused(path, "is a zip archive but no torch checkpoint");
    }

    [Fact]
    public void Files_of_an_archive_that_overlap_are_refused()
    {
        byte[] zip = File.ReadAllBytes(Archive(Good, new byte[12]));

        // The second directory entry is led to the first file; its name differs, so it is found out even before the overlap.
        int directory = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        int second = directory + 4 + zip.AsSpan(directory + 4).IndexOf("PK\u0001\u0002"u8);
        zip.AsSpan(second + 42, 4).Clear();
        Refused(_folder.Bytes(zip, "overlap.ckpt"), "is not where the directory says");

        // The first file is made long enough to reach into the second.
        zip = File.ReadAllBytes(Archive(Good, new byte[12]));
        zip[directory + 20] += 40;
        zip[directory + 24] += 40;
        Refused(_folder.Bytes(zip, "overlap.ckpt"), "'a/data/0' overlaps the file before it");
    }

    [Theory]
    [InlineData("types.ckpt")]
    [InlineData("types.legacy.ckpt")]
    [InlineData("views.legacy.ckpt")]
    public void A_file_cut_anywhere_is_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(PickleFixture.PathOf(name));
        for (int length = 0; length < whole.Length; length += 1 + (length % 3))
        {
            string path = _folder.Bytes(whole.AsSpan(0, length), "cut.ckpt");
            Assert.Throws<CheckpointException>(() => CheckpointFile.Open(path));
        }
    }

    [Theory]
    [InlineData("types.ckpt", 1500)]
    [InlineData("types.legacy.ckpt", 1500)]
    [InlineData("lightning.ckpt", 1000)]
    [InlineData("protocol4.legacy.ckpt", 1000)]
    [InlineData("views.ckpt", 1000)]
    public void A_file_with_any_bytes_changed_opens_or_is_refused_but_nothing_else(string name, int rounds)
    {
        byte[] whole = File.ReadAllBytes(PickleFixture.PathOf(name));
        Random random = new(20240517);
        int opened = 0;
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] changed = [.. whole];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                // Half of them are the file's own bytes, which get further into the reader.
                changed[random.Next(changed.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : whole[random.Next(whole.Length)];
            }

            try
            {
                using IWeightSource file = CheckpointFile.Open(_folder.Bytes(changed, "changed.ckpt"));
                foreach (string tensor in file.Tensors.Keys)
                {
                    file.Get(tensor).ToFloats();
                }

                opened++;
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }

        Assert.True(opened > 20 && refused > 100, $"{opened} opened, {refused} refused");
    }

    private string Archive(string pickle, byte[] storage)
    {
        string path = _folder.PathOf("test.ckpt");
        File.Delete(path);
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Add(zip, "a/data.pkl", Encoding.Latin1.GetBytes(pickle));
        Add(zip, "a/data/0", storage);
        return path;
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using Stream entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(content);
    }

    private static void Refused(string path, string reason)
    {
        string message = Assert.Throws<CheckpointException>(() => CheckpointFile.Open(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }
}

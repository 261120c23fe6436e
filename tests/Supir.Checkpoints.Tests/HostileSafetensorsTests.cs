using System.Text;
using Xunit;

namespace Supir.Checkpoints.Tests;

public sealed class HostileSafetensorsTests : IDisposable
{
    private const string Good =
        """{"__metadata__":{"format":"pt"},"a":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]},"q":{"dtype":"I8","shape":[2],"data_offsets":[8,10]},"q.scale":{"dtype":"F32","shape":[2],"data_offsets":[10,18]},"n.int4":{"dtype":"U8","shape":[1,32],"data_offsets":[18,50]},"n.scale":{"dtype":"F16","shape":[1,1],"data_offsets":[50,52]}}""";

    private const int GoodDataBytes = 52;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "its header is not valid JSON near byte 8")]
    [InlineData("[]", "the header is not a JSON object")]
    [InlineData("{} x", "its header is not valid JSON near byte 11")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}""", "its header is not valid JSON near byte")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},}""", "its header is not valid JSON near byte")]
    [InlineData("""{"a":[]}""", "tensor 'a' is not described by a JSON object")]
    [InlineData("""{"a":null}""", "tensor 'a' is not described by a JSON object")]
    [InlineData("""{"a":{}}""", "tensor 'a' lacks its 'dtype'")]
    [InlineData("""{"a":{"dtype":"F16","data_offsets":[0,2]}}""", "tensor 'a' lacks its 'shape'")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1]}}""", "tensor 'a' lacks its 'data_offsets'")]
    [InlineData("""{"a":{"dtype":16,"shape":[1],"data_offsets":[0,2]}}""", "the 'dtype' of tensor 'a' is not text")]
    [InlineData("""{"a":{"dtype":"Q4_K","shape":[1],"data_offsets":[0,2]}}""", "tensor 'a' has the number format 'Q4_K', which this program does not know")]
    [InlineData("""{"a":{"dtype":"F16","shape":1,"data_offsets":[0,2]}}""", "the 'shape' of tensor 'a' is not a list")]
    [InlineData("""{"a":{"dtype":"F16","shape":["1"],"data_offsets":[0,2]}}""", "the 'shape' of tensor 'a' has an entry that is not a whole number")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1.5],"data_offsets":[0,2]}}""", "the 'shape' of tensor 'a' has an entry that is not a whole number")]
    [InlineData("""{"a":{"dtype":"F16","shape":[-1],"data_offsets":[0,2]}}""", "the 'shape' of tensor 'a' has an entry that is not a whole number")]
    [InlineData("""{"a":{"dtype":"F16","shape":[18446744073709551616],"data_offsets":[0,2]}}""", "the 'shape' of tensor 'a' has an entry that is not a whole number")]
    [InlineData("""{"a":{"dtype":"F16","shape":[[1]],"data_offsets":[0,2]}}""", "the 'shape' of tensor 'a' has an entry that is not a whole number")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[2]}}""", "the 'data_offsets' of tensor 'a' are 1 numbers instead of two")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[-2,0]}}""", "the 'data_offsets' of tensor 'a' has an entry that is not a whole number")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[2,0]}}""", "the 'data_offsets' of tensor 'a' end (0) before they begin (2)")]
    [InlineData("""{"a":{"dtype":"F16","dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", "tensor 'a' has two entries 'dtype'")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"shape":[1],"data_offsets":[0,2]}}""", "tensor 'a' has two entries 'shape'")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2],"data_offsets":[0,2]}}""", "tensor 'a' has two entries 'data_offsets'")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", "tensor 'a' appears twice")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"\u0061":{}}""", "tensor 'a' appears twice")]
    [InlineData("""{"__metadata__":7}""", "'__metadata__' is not a JSON object")]
    [InlineData("""{"__metadata__":{"a":7}}""", "the metadata 'a' is not text")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", "the metadata 'a' appears twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "'__metadata__' appears twice")]
    [InlineData("""{"\ud800":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", "text that is not Unicode at byte 9")]
    public void A_header_that_is_not_as_the_format_says_is_refused(string header, string reason)
    {
        Refused(_folder.Safetensors(header, 2), "is damaged or not a safetensors file: ", reason);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", "tensor 'a' ends at byte 8 of the data, of which there are only 6")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[9223372036854775805,9223372036854775807]}}""", "of which there are only 6")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[2],"data_offsets":[2,6]}}""", "tensor 'b' overlaps the tensor before it (it begins at byte 2 instead of 4)")]
    [InlineData("""{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"b":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}}""", "tensor 'b' overlaps the tensor before it")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"F16","shape":[1],"data_offsets":[4,6]}}""", "tensor 'b' leaves a gap to the tensor before it (it begins at byte 4 instead of 2)")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[4,6]}}""", "tensor 'a' leaves a gap to the tensor before it")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", "2 bytes at its end belong to no tensor")]
    [InlineData("""{}""", "6 bytes at its end belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,6]}}""", "tensor 'a' takes 6 bytes, which are not those of [2] in F16")]
    [InlineData("""{"a":{"dtype":"F16","shape":[],"data_offsets":[0,6]}}""", "tensor 'a' takes 6 bytes, which are not those of [] in F16")]
    [InlineData("""{"a":{"dtype":"I64","shape":[3],"data_offsets":[0,6]}}""", "tensor 'a' takes 6 bytes, which are not those of [3] in I64")]
    [InlineData("""{"a":{"dtype":"F16","shape":[0],"data_offsets":[0,6]}}""", "tensor 'a' takes 6 bytes, which are not those of [0] in F16")]
    [InlineData("""{"a":{"dtype":"F16","shape":[4294967296,2147483648,2,3],"data_offsets":[0,6]}}""", "which are not those of [4294967296, 2147483648, 2, 3] in F16")]
    [InlineData("""{"a":{"dtype":"F16","shape":[9223372036854775807,9223372036854775807,0],"data_offsets":[0,6]}}""", "tensor 'a' takes 6 bytes, which are not those of")]
    public void A_tensor_that_is_not_where_and_what_it_says_is_refused(string header, string reason)
    {
        Refused(_folder.Safetensors(header, 6), "is damaged", reason);
    }

    [Theory]
    [InlineData("""{"q":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6]}}""", 6, "it needs scales 'q.scale' of type F32 and shape [2], but there are none.")]
    [InlineData("""{"q":{"dtype":"I8","shape":[],"data_offsets":[0,1]}}""", 1, "without an axis it cannot have scales.")]
    [InlineData("""{"q":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},"q.scale":{"dtype":"F16","shape":[2],"data_offsets":[2,6]}}""", 6, "but they are of type F16 and shape [2].")]
    [InlineData("""{"q":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},"q.scale":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "but they are of type F32 and shape [1].")]
    [InlineData("""{"q":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},"q.scale":{"dtype":"F32","shape":[2,1],"data_offsets":[2,10]}}""", 10, "but they are of type F32 and shape [2, 1].")]
    [InlineData("""{"q":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"q.scale":{"dtype":"I32","shape":[1],"data_offsets":[1,5]}}""", 5, "but they are of type I32 and shape [1].")]
    public void An_I8_tensor_without_fitting_scales_is_refused(string header, int dataBytes, string reason)
    {
        Refused(_folder.Safetensors(header, dataBytes), ": tensor 'q' is of type I8", reason);
    }

    [Theory]
    [InlineData("""{"q.int4":{"dtype":"U8","shape":[2,32],"data_offsets":[0,64]}}""", 64, "it needs scales 'q.scale' of type F16 and shape [2, 1], but there are none.")]
    [InlineData("""{"q.int4":{"dtype":"U8","shape":[2,32],"data_offsets":[0,64]},"q.scale":{"dtype":"F32","shape":[2,1],"data_offsets":[64,72]}}""", 72, "but they are of type F32 and shape [2, 1].")]
    [InlineData("""{"q.int4":{"dtype":"U8","shape":[2,32],"data_offsets":[0,64]},"q.scale":{"dtype":"F16","shape":[2],"data_offsets":[64,68]}}""", 68, "but they are of type F16 and shape [2].")]
    [InlineData("""{"q.int4":{"dtype":"U8","shape":[1,33],"data_offsets":[0,33]}}""", 33, "numbers of 4 bits are a matrix, in rows of 32 bytes for each 64 inputs.")]
    [InlineData("""{"q.int4":{"dtype":"U8","shape":[1,0],"data_offsets":[0,0]}}""", 0, "numbers of 4 bits are a matrix")]
    [InlineData("""{"q.int4":{"dtype":"U8","shape":[32],"data_offsets":[0,32]}}""", 32, "numbers of 4 bits are a matrix")]
    [InlineData("""{"q.int4":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""", 1, "numbers of 4 bits are a matrix")]
    public void A_tensor_of_four_bits_without_fitting_shape_and_scales_is_refused(string header, int dataBytes, string reason)
    {
        Refused(_folder.Safetensors(header, dataBytes), ": tensor 'q.int4' is of type U8", reason);
    }

    [Fact]
    public void A_weight_that_is_there_whole_and_in_four_bits_is_refused()
    {
        string header = """{"q":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"q.int4":{"dtype":"U8","shape":[1,32],"data_offsets":[2,34]},"q.scale":{"dtype":"F16","shape":[1,1],"data_offsets":[34,36]}}""";
        Refused(_folder.Safetensors(header, 36), "holds the same weight twice", "'q' and as 'q.int4'");
    }

    [Fact]
    public void A_scale_that_is_no_number_is_refused_when_its_weight_is_asked_for()
    {
        string path = _folder.Safetensors(
            Encoding.UTF8.GetBytes("""{"q":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"q.scale":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}"""),
            [1, .. BitConverter.GetBytes(float.NaN)]);
        using SafetensorsFile file = SafetensorsFile.Open(path);

        string message = Assert.Throws<CheckpointException>(() => file.Get("q")).Message;
        Assert.Equal($"{path}: the scale 0 of tensor 'q' is NaN, not a finite number.", message);
    }

    [Fact]
    public void A_file_that_is_not_there_or_cannot_be_read_is_named()
    {
        string missing = _folder.PathOf("no.safetensors");
        Assert.Equal($"There is no file {missing}.", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(missing)).Message);
        Refused(_folder.PathOf("no-folder/no.safetensors"), "There is no file ", "no.safetensors");
        Refused(_folder.PathOf(""), "cannot be read as a file: ", "");
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(""));
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open("a\0b"));
    }

    [Fact]
    public void An_empty_file_is_called_empty() => Refused(_folder.Bytes([]), "test.safetensors is empty.", "");

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 }, "it has only 3 bytes")]
    [InlineData(new byte[] { 3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}' }, "its header would be 3 bytes long, in a file of 10")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, (byte)'{', (byte)'}' }, "its header would be 18,446,744,073,709,551,615 bytes long")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 128 }, "its header would be 9,223,372,036,854,775,808 bytes long")]
    public void A_header_longer_than_the_file_is_refused(byte[] bytes, string reason)
    {
        Refused(_folder.Bytes(bytes), "is damaged or not a safetensors file: ", reason);
    }

    [Fact]
    public void A_header_longer_than_the_format_allows_is_refused_before_it_is_read()
    {
        string path = _folder.Bytes(BitConverter.GetBytes(100_000_001L));
        using (FileStream stream = File.OpenWrite(path))
        {
            stream.SetLength(200_000_000);
        }

        Refused(path, "its header would be 100,000,001 bytes long", "(at most 100,000,000 are allowed)");
    }

    [Theory]
    [InlineData("PK\u0003\u0004 and so on", "torch checkpoint")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "git lfs pull")]
    [InlineData("<!DOCTYPE html><html></html>", "a web page")]
    [InlineData("GGUF and so on", "GGUF")]
    public void Files_that_people_take_for_a_checkpoint_are_recognised(string content, string what)
    {
        Refused(_folder.Bytes(Encoding.UTF8.GetBytes(content)), "is damaged or not a safetensors file", what);
    }

    [Fact]
    public void A_header_that_is_not_UTF8_is_refused()
    {
        byte[] header = Encoding.UTF8.GetBytes("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""");
        header[2] = 0xff;
        Refused(_folder.Safetensors(header, [0, 0]), "is damaged or not a safetensors file: ", "its header is not UTF-8 text");
    }

    [Fact]
    public void Names_cannot_steer_a_terminal_or_fill_it()
    {
        string path = _folder.Safetensors($$$"""{"\u001b[2J{{{new string('x', 5000)}}}":{}}""", 0);
        string message = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message;
        Assert.DoesNotContain('\u001b', message);
        Assert.InRange(message.Length - path.Length, 1, 300);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = File.ReadAllBytes(_folder.Safetensors(Good, GoodDataBytes));
        for (int length = 0; length < whole.Length; length++)
        {
            string path = _folder.Bytes(whole.AsSpan(0, length), "cut.safetensors");
            Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));
        }
    }

    [Fact]
    public void A_file_with_any_byte_changed_opens_or_is_refused_but_nothing_else()
    {
        byte[] whole = File.ReadAllBytes(_folder.Safetensors(Good, GoodDataBytes));
        Random random = new(20240517);
        int opened = 0;
        int refused = 0;
        for (int round = 0; round < 4000; round++)
        {
            byte[] changed = [.. whole];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                // Half of them from the header's own characters, which get further into the reader.
                changed[random.Next(8 + Good.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)Good[random.Next(Good.Length)];
            }

            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(_folder.Bytes(changed, "changed.safetensors"));
                foreach (string name in file.Tensors.Keys)
                {
                    file.Get(name).ToFloats();
                }

                opened++;
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }

        Assert.True(opened > 20 && refused > 1000, $"{opened} opened, {refused} refused");
    }

    private static void Refused(string path, string expected, string reason)
    {
        string message = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }
}

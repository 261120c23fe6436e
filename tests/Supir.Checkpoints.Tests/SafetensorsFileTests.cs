using System.Runtime.InteropServices;
using System.Text;
using Supir.Engine;
using Supir.Engine.Weights;
using Xunit;

namespace Supir.Checkpoints.Tests;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_float_format_is_read()
    {
        string path = _folder.Safetensors(
            Encoding.UTF8.GetBytes("""
                {"single":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
                 "half":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]},
                 "brain":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},
                 "eight":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[16,19]},
                 "scalar":{"dtype":"F16","shape":[],"data_offsets":[19,21]}}
                """),
            [.. MemoryMarshal.AsBytes([1.5f, -2f]), .. MemoryMarshal.AsBytes([(Half)0.25f, (Half)(-7f)]), 0x80, 0x3f, 0x00, 0xc0, 0x38, 0xc0, 0x01, 0x00, 0x3c]);
        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal(["single", "half", "brain", "eight", "scalar"], file.Tensors.Keys);
        Assert.Equal([1.5f, -2f], file.Get("single").ToFloats());
        Assert.Equal([0.25f, -7f], file.Get("half").ToFloats());
        Assert.Equal([1f, -2f], file.Get("brain").ToFloats());
        Assert.Equal([1f, -2f, 1f / 512], file.Get("eight").ToFloats());
        Assert.Equal([1f], file.Get("scalar").ToFloats());
        Assert.Equal(new Shape(1, 2), file.Get("half").Shape);
        Assert.Equal((DType.BFloat16, 4L, 2L), (file.Tensors["brain"].Type, file.Tensors["brain"].ByteCount, file.Tensors["brain"].ElementCount));
        Assert.Equal(path, file.Description);
    }

    [Fact]
    public void An_I8_tensor_and_its_scales_are_one_weight()
    {
        string path = _folder.Safetensors(
            Encoding.UTF8.GetBytes("""
                {"w":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6]},
                 "w.scale":{"dtype":"F32","shape":[2],"data_offsets":[6,14]},
                 "norm.scale":{"dtype":"F32","shape":[1],"data_offsets":[14,18]}}
                """),
            [1, 2, 3, 0xff, 0x80, 0x7f, .. MemoryMarshal.AsBytes([0.5f, 2f]), .. MemoryMarshal.AsBytes([9f])]);
        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal(["w", "norm.scale"], file.Tensors.Keys);
        Weight weight = file.Get("w");
        Assert.Equal([0.5f, 2f], weight.Scales.ToArray());
        Assert.Equal([0.5f, 1f, 1.5f, -2f, -256f, 254f], weight.ToFloats());
        Assert.False(((IWeightSource)file).Contains("w.scale"));
    }

    [Fact]
    public void The_listing_follows_the_bytes_whatever_the_header_does()
    {
        string path = _folder.Safetensors(
            """{"z":{"dtype":"F16","shape":[1],"data_offsets":[2,4]},"none":{"dtype":"F16","shape":[0,5],"data_offsets":[2,2]},"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""",
            4);
        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal(["a", "none", "z"], file.Tensors.Keys);
        Assert.Empty(file.Get("none").ToFloats());
    }

    [Fact]
    public void Tensors_that_are_no_weights_are_listed_but_not_offered()
    {
        string path = _folder.Safetensors(
            """{"position_ids":{"dtype":"I64","shape":[1,2],"data_offsets":[0,16]},"mask":{"dtype":"BOOL","shape":[3],"data_offsets":[16,19]}}""", 19);
        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Empty(file.Tensors);
        Assert.Equal([new SkippedTensor("position_ids", "I64", "[1, 2]", 16), new SkippedTensor("mask", "BOOL", "[3]", 3)], file.Skipped);
        string message = Assert.Throws<CheckpointException>(() => file.Get("position_ids")).Message;
        Assert.Equal($"{path}: tensor 'position_ids' is of type I64, which this program does not read as a weight.", message);
    }

    [Fact]
    public void What_the_author_noted_is_told()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Safetensors("""{"__metadata__":{"format":"pt","by":"…"}}   """, 0));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(2, file.Metadata.Count);
    }

    [Fact]
    public void Unknown_keys_of_a_tensor_are_passed_over()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Safetensors("""{"a":{"note":{"deep":[1,{"x":2}]},"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", 2));
        Assert.Equal(["a"], file.Tensors.Keys);
    }

    [Fact]
    public void More_than_four_axes_are_an_error_only_for_who_asks()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Safetensors("""{"video":{"dtype":"F16","shape":[1,1,1,1,1],"data_offsets":[0,2]}}""", 2));

        Assert.Null(file.Tensors["video"].Shape);
        string message = Assert.Throws<CheckpointException>(() => file.Get("video")).Message;
        Assert.Contains("tensor 'video' has the shape [1, 1, 1, 1, 1]; weights can have at most 4 axes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_is_named_with_the_file()
    {
        string path = _folder.Safetensors("{}", 0);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal($"{path} has no weight 'x'.", Assert.Throws<CheckpointException>(() => file.Get("x")).Message);
    }

    [Fact]
    public void A_file_larger_than_four_gibibytes_opens_without_being_read()
    {
        const long Elements = 5L << 29;
        string path = _folder.Safetensors(
            $$$"""{"big":{"dtype":"F16","shape":[5,{{{1 << 29}}}],"data_offsets":[0,{{{2 * Elements}}}]},"end":{"dtype":"F16","shape":[2],"data_offsets":[{{{2 * Elements}}},{{{(2 * Elements) + 4}}}]}}""",
            0);
        using (FileStream stream = File.OpenWrite(path))
        {
            // A hole: the file system keeps no bytes for it.
            stream.Seek(2 * Elements, SeekOrigin.End);
            stream.Write(MemoryMarshal.AsBytes([(Half)3f, (Half)4f]));
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal([3f, 4f], file.Get("end").ToFloats());
        Assert.Equal(2 * Elements, file.Get("big").ByteCount);
    }

    [Fact]
    public unsafe void A_pin_outlives_the_file_and_a_new_one_is_refused()
    {
        SafetensorsFile file = SafetensorsFile.Open(_folder.Safetensors("""{"a":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]}}""", 3));
        Weight weight = file.Get("a");
        byte* pinned = (byte*)weight.Pin();
        byte* again = (byte*)weight.Pin();
        weight.Unpin();
        file.Dispose();

        Assert.True(pinned == again);
        Assert.Equal([0, 1, 2], new ReadOnlySpan<byte>(pinned, 3).ToArray());
        weight.Unpin();
        Assert.Throws<ObjectDisposedException>(() => weight.Pin());
        Assert.Throws<InvalidOperationException>(weight.Unpin);
    }

    [Fact]
    public void The_last_unpin_gives_the_pages_back()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        const int Bytes = 96 << 20;
        const long SlackKilobytes = 32 << 10;
        string path = _folder.Safetensors(
            Encoding.UTF8.GetBytes($$$"""{"a":{"dtype":"F32","shape":[{{{Bytes / 4}}}],"data_offsets":[0,{{{Bytes}}}]}}"""), new byte[Bytes]);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Weight weight = file.Get("a");
        long before = FilePagesInKilobytes();

        weight.Pin();
        Assert.Equal(0f, weight.ToFloats().Max());
        long pinned = FilePagesInKilobytes();
        weight.Unpin();
        long after = FilePagesInKilobytes();

        Assert.True(pinned - before > (Bytes >> 10) - SlackKilobytes, $"{before} kB before, {pinned} kB pinned");
        Assert.True(pinned - after > (Bytes >> 10) - SlackKilobytes, $"{pinned} kB pinned, {after} kB after");
    }

    private static long FilePagesInKilobytes()
    {
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("RssFile:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}

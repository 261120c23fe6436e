using System.Buffers.Binary;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>A checkpoint in the safetensors format, mapped into memory: opening reads only the header, a weight is read when it is pinned.</summary>
/// <remarks>Layout: 8 bytes length of the header (little-endian), the header in JSON, then the elements of all tensors without gaps. An I8
/// tensor <c>NAME</c> stands together with <c>NAME.scale</c> (F32, one factor per index of the first axis); the two are one weight. So are
/// <c>NAME.int4</c> (U8, [outputs, inputs / 2]) and <c>NAME.scale</c> (F16, [outputs, inputs / 64]): <see cref="FourBitGroups"/>.
/// Source: https://github.com/huggingface/safetensors (README.md, "Format"). Everything the file says is checked against its length
/// before anything is mapped, since a read past the end of a mapped file would end the process.</remarks>
public sealed class SafetensorsFile : IWeightSource
{
    private const int HeaderLengthBytes = 8;

    /// <summary>The longest header that the format allows.</summary>
    private const long MostHeaderBytes = 100_000_000;

    private readonly FileMapping _mapping;
    private readonly SafetensorsLayout _layout;
    private readonly long _dataStart;

    private SafetensorsFile(string path, FileMapping mapping, SafetensorsLayout layout, IReadOnlyDictionary<string, string> metadata, long dataStart)
    {
        Description = path;
        Metadata = metadata;
        _mapping = mapping;
        _layout = layout;
        _dataStart = dataStart;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public string FormatName => "safetensors";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>All weights in the order in which they lie in the file.</summary>
    public IReadOnlyDictionary<string, WeightInfo> Tensors => _layout.Weights;

    /// <inheritdoc/>
    public IReadOnlyList<SkippedTensor> Skipped => _layout.Skipped;

    /// <summary>Opens a file. It must not be changed or shortened while it is open.</summary>
    /// <exception cref="CheckpointException">There is no such file, it cannot be read, or it is not as the format says.</exception>
    public static SafetensorsFile Open(string path) => CheckpointStream.Open(path, stream =>
    {
        SafetensorsHeader header = ReadHeader(stream, path, out long dataStart);
        SafetensorsLayout layout = SafetensorsLayout.Of(header, path, stream.Length - dataStart);
        return new SafetensorsFile(path, new FileMapping(stream), layout, header.Metadata, dataStart);
    });

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public Weight Get(string name)
    {
        if (!Tensors.TryGetValue(name, out WeightInfo? info))
        {
            throw new CheckpointException(Skipped.FirstOrDefault(tensor => tensor.Name == name) is SkippedTensor skipped
                ? $"{Description}: tensor {Quotation.Of(name)} is of type {skipped.TypeName}, which this program does not read as a weight."
                : $"{Description} has no weight {Quotation.Of(name)}.");
        }

        Shape shape = info.RequireShape(Description);
        MappedWeightStorage storage = new(_mapping, _dataStart + _layout.OffsetOf(name), info.ByteCount);
        return info.Type == DType.Int4
            ? new Weight(name, shape, info.Type, storage, groupScales: GroupScales(info))
            : new Weight(name, shape, info.Type, storage, info.Type == DType.Int8 ? ReadScales(name, shape[0]) : null);
    }

    /// <summary>Closes the file; what is pinned stays readable until it is let go, other weights are lost.</summary>
    public void Dispose() => _mapping.Dispose();

    private static SafetensorsHeader ReadHeader(FileStream stream, string path, out long dataStart)
    {
        long fileLength = stream.Length;
        Span<byte> start = stackalloc byte[HeaderLengthBytes];
        if (fileLength < HeaderLengthBytes)
        {
            throw new CheckpointException($"{path} is damaged or not a safetensors file: it has only {fileLength} bytes.");
        }

        stream.ReadExactly(start);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (headerLength > (ulong)(fileLength - HeaderLengthBytes) || headerLength > MostHeaderBytes)
        {
            throw new CheckpointException(
                $"{path} is damaged or not a safetensors file: its header would be {headerLength:N0} bytes long, in a file of {fileLength:N0} " +
                $"(at most {MostHeaderBytes:N0} are allowed).{FileKind.Hint(start)}");
        }

        byte[] json = new byte[headerLength];
        stream.ReadExactly(json);
        dataStart = HeaderLengthBytes + (long)headerLength;
        return SafetensorsHeader.Parse(json, path, HeaderLengthBytes);
    }

    private MappedWeightStorage GroupScales(WeightInfo info) => new(
        _mapping,
        _dataStart + _layout.OffsetOf(SafetensorsLayout.ScaleNameOf(info.Name)),
        FourBitGroups.ScaleBytesOf(info.ElementCount));

    private unsafe float[] ReadScales(string name, int count)
    {
        float[] scales = new float[count];
        long offset = _dataStart + _layout.OffsetOf(SafetensorsLayout.ScaleNameOf(name));
        nint start = _mapping.Acquire();
        try
        {
            ReadOnlySpan<byte> bytes = new((byte*)start + offset, checked(count * sizeof(float)));
            for (int i = 0; i < count; i++)
            {
                scales[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
                if (!float.IsFinite(scales[i]))
                {
                    throw new CheckpointException($"{Description}: the scale {i} of tensor {Quotation.Of(name)} is {scales[i]}, not a finite number.");
                }
            }
        }
        finally
        {
            _mapping.Release();
        }

        return scales;
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints.Pickles;

/// <summary>A checkpoint as torch.save writes it (.ckpt, .pth, .pt, .bin), mapped into memory: opening reads only its pickle, a weight when it is pinned.</summary>
/// <remarks>Two formats: a zip archive with <c>data.pkl</c> and a file for each storage (torch 1.6 and later), and five parts after each other
/// (before, or with <c>_use_new_zipfile_serialization=False</c>): three small pickles, the pickled object, the list of storage keys, the
/// storages. The pickle is read by <see cref="PickleMachine"/>, which knows tensors and plain data only.
/// Source: torch/serialization.py (PyTorch 1.13), functions <c>_save</c> and <c>_legacy_save</c>.</remarks>
public sealed class TorchFile : IWeightSource
{
    /// <summary>The longest pickle that is read; that of SDXL has less than one megabyte.</summary>
    private const long MostPickleBytes = 16L << 20;

    private const long FormatVersion = 1001;

    /// <summary>What a torch file in a zip archive begins with.</summary>
    internal static ReadOnlySpan<byte> ArchiveStart => "PK\x03\x04"u8;

    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    private readonly FileMapping _mapping;
    private readonly TorchLayout _layout;

    private TorchFile(string path, FileMapping mapping, TorchLayout layout, string format)
    {
        Description = path;
        FormatName = format;
        _mapping = mapping;
        _layout = layout;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public string FormatName { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightInfo> Tensors => _layout.Weights;

    /// <inheritdoc/>
    public IReadOnlyList<SkippedTensor> Skipped => _layout.Skipped;

    /// <summary>Opens a file. It must not be changed or shortened while it is open.</summary>
    /// <exception cref="CheckpointException">There is no such file, it is damaged, or it holds anything but tensors and plain data.</exception>
    public static TorchFile Open(string path) => CheckpointStream.Open(path, stream =>
    {
        bool isArchive = CheckpointStream.StartOf(stream).StartsWith(ArchiveStart);
        TorchLayout layout = isArchive ? ReadArchive(stream, path) : ReadParts(stream, path);
        return new TorchFile(path, new FileMapping(stream), layout, isArchive ? "torch pickle in a zip archive" : "torch pickle of the older format");
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
        TorchPlace place = _layout.PlaceOf(name);
        WeightStorage storage = place.Strides is null
            ? new MappedWeightStorage(_mapping, place.Offset, info.ByteCount)
            : new StridedWeightStorage(_mapping, place.Offset, info, place.Strides);
        return new Weight(name, shape, info.Type, storage);
    }

    /// <summary>Closes the file; what is pinned stays readable until it is let go, other weights are lost.</summary>
    public void Dispose() => _mapping.Dispose();

    private static TorchLayout ReadArchive(FileStream stream, string path)
    {
        IReadOnlyDictionary<string, ZipEntry> entries = ZipDirectory.Read(stream, path);
        ZipEntry[] pickles = [.. entries.Values.Where(entry => entry.Name.EndsWith("/data.pkl", StringComparison.Ordinal) && entry.Name.Count(c => c == '/') == 1)];
        if (pickles is not [ZipEntry pickle])
        {
            throw new CheckpointException(
                $"{path} is a zip archive but no torch checkpoint: it has {pickles.Length} files 'NAME/data.pkl' instead of one.");
        }

        if (pickle.Length > MostPickleBytes)
        {
            throw new CheckpointException($"{path}: {Quotation.Of(pickle.Name)} has {pickle.Length:N0} bytes; at most {MostPickleBytes:N0} are read.");
        }

        string folder = pickle.Name[..^"data.pkl".Length];
        if (entries.TryGetValue(folder + "byteorder", out ZipEntry? order) && (order.Length != 6 || Encoding.ASCII.GetString(CheckpointStream.BytesAt(stream, order.DataOffset, 6)) != "little"))
        {
            throw new CheckpointException($"{path} was written on a machine with the other byte order, which this program does not read.");
        }

        PickleCursor cursor = new(CheckpointStream.BytesAt(stream, pickle.DataOffset, pickle.Length), path);
        object? root = PickleMachine.Read(cursor, [], path);
        cursor.Require(cursor.Remaining == 0, $"{cursor.Remaining:N0} bytes follow its end");
        return TorchLayout.Of(StateDictionary.Find(root, path), PlaceOf, path);

        StoragePlace PlaceOf(string key) => entries.TryGetValue($"{folder}data/{key}", out ZipEntry? entry)
            ? new StoragePlace(entry.DataOffset, entry.Length)
            : throw new CheckpointException($"{path} is damaged: the storage {Quotation.Of(key)} is not in the archive.");
    }

    private static TorchLayout ReadParts(FileStream stream, string path)
    {
        Dictionary<string, TorchStorage> storages = [];
        PickleCursor cursor = new(CheckpointStream.BytesAt(stream, 0, Math.Min(stream.Length, MostPickleBytes)), path);
        cursor.Require(PickleMachine.Read(cursor, storages, path) is BigInteger magic && magic == Magic, "the number that begins every torch checkpoint is missing");
        cursor.Require(PickleMachine.Read(cursor, storages, path) is FormatVersion, $"the version of the format is not {FormatVersion}");
        object? system = PickleMachine.Read(cursor, storages, path);
        if (system is PickleDictionary facts && facts.Find("little_endian") is false)
        {
            throw new CheckpointException($"{path} was written on a machine with the other byte order, which this program does not read.");
        }

        object? root = PickleMachine.Read(cursor, storages, path);
        object? keys = PickleMachine.Read(cursor, storages, path);
        cursor.Require(keys is PickleList list && list.Items.TrueForAll(key => key is string), "the list of its storages is missing");
        Dictionary<string, StoragePlace> places = [];
        IReadOnlyDictionary<string, TorchTensor> tensors = StateDictionary.Find(root, path);
        long position = cursor.Position;
        foreach (object? key in ((PickleList)keys).Items)
        {
            string name = (string)key!;
            cursor.Require(storages.TryGetValue(name, out TorchStorage? storage), $"the storage {Quotation.Of(name)} is listed but used by no tensor");
            StoragePlace place = ReadStorage(stream, path, storage, position);
            cursor.Require(places.TryAdd(name, place), $"the storage {Quotation.Of(name)} is listed twice");
            position = place.Offset + place.Length;
        }

        return position == stream.Length
            ? TorchLayout.Of(tensors, PlaceOf, path)
            : throw new CheckpointException($"{path} is damaged: {stream.Length - position:N0} bytes follow its last storage.");

        StoragePlace PlaceOf(string key) => places.TryGetValue(key, out StoragePlace place)
            ? place
            : throw new CheckpointException($"{path} is damaged: the storage {Quotation.Of(key)} is not in the file.");
    }

    /// <summary>A storage begins with the number of its elements in 8 bytes.</summary>
    private static StoragePlace ReadStorage(FileStream stream, string path, TorchStorage storage, long position)
    {
        long left = stream.Length - position - sizeof(long);
        long count = left < 0 ? -1 : BinaryPrimitives.ReadInt64LittleEndian(CheckpointStream.BytesAt(stream, position, sizeof(long)));
        return count == storage.ElementCount && count <= left / storage.Type.SizeInBytes
            ? new StoragePlace(position + sizeof(long), count * storage.Type.SizeInBytes)
            : throw new CheckpointException(
                $"{path} is damaged or cut off: the storage {Quotation.Of(storage.Key)} should have {storage.ElementCount:N0} elements in {storage.Type.Name} from byte {position:N0} on.");
    }
}

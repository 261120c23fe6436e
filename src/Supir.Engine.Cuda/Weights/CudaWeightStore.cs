using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Weights;

namespace Supir.Engine.Cuda.Weights;

/// <summary>Weights on the GPU, shared by all plans that use them and freed with the last of these.</summary>
internal sealed class CudaWeightStore(CudaDevice device, WeightUploader uploader)
{
    private readonly Dictionary<object, Entry> _entries = [];
    private readonly Lock _lock = new();

    /// <summary>Bytes of all weights.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Sum(entry => entry.Weights.Memory.Bytes);
            }
        }
    }

    /// <summary>A matrix with its bias; every call is to be answered by one <see cref="Release"/> with the same key.</summary>
    public DeviceWeights Acquire(WeightKey key) => Acquire(key, () => Upload(key));

    /// <summary>A vector of a normalisation or a table of positions, in single precision.</summary>
    public nint AcquireSingles(Weight weight) => Acquire((weight, DType.Float32), () => UploadSingles(weight)).Matrix;

    /// <summary>A table in the format of values.</summary>
    public nint AcquireTable(Weight table, DType type) => Acquire((table, type, "table"), () => UploadTable(table, type)).Matrix;

    /// <summary>The key under which <see cref="AcquireSingles"/> keeps a vector.</summary>
    public static object KeyOfSingles(Weight weight) => (weight, DType.Float32);

    /// <summary>The key under which <see cref="AcquireTable"/> keeps a table.</summary>
    public static object KeyOfTable(Weight table, DType type) => (table, type, "table");

    /// <summary>Gives one use back.</summary>
    public void Release(object key)
    {
        lock (_lock)
        {
            Entry entry = _entries[key];
            if (--entry.Users == 0)
            {
                _entries.Remove(key);
                entry.Weights.Memory.Dispose();
            }
        }
    }

    private DeviceWeights Acquire(object key, Func<DeviceWeights> upload)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out Entry? entry))
            {
                entry = new Entry(upload());
                _entries.Add(key, entry);
            }

            entry.Users++;
            return entry.Weights;
        }
    }

    private DeviceWeights Upload(WeightKey key)
    {
        int taps = key.Weights.KernelHeight * key.Weights.KernelWidth;
        long rowBytes = (long)taps * key.PaddedInputs * key.Type.SizeInBytes;
        bool hasBias = key.Weights.Biases.Any(bias => bias is not null);
        long matrixBytes = ((rowBytes * key.PaddedOutputs) + 255) & ~255L;
        DeviceMemory memory = new(device, matrixBytes + (hasBias ? (long)key.PaddedOutputs * key.Type.SizeInBytes : 0), "weights");
        if (key.PaddedOutputs != key.Weights.OutChannels || hasBias)
        {
            CudaDriver.cuMemsetD8Async(memory.Pointer, 0, (nuint)memory.Bytes, device.Stream).ThrowOnError();
        }

        nint bias = hasBias ? memory.Pointer + (nint)matrixBytes : 0;
        int channel = 0;
        for (int i = 0; i < key.Weights.Weights.Count; i++)
        {
            Weight weight = key.Weights.Weights[i];
            int outputs = weight.Shape[key.Weights.IsTransposed ? 1 : 0];
            WeightSizes sizes = new(outputs, key.Weights.InChannels, taps, key.PaddedInputs, key.Weights.IsTransposed);
            uploader.Upload(weight, memory.Pointer + (nint)(channel * rowBytes), key.Type, sizes);
            if (hasBias && key.Weights.Biases[i] is Weight vector)
            {
                uploader.Upload(vector, bias + (channel * key.Type.SizeInBytes), key.Type, new WeightSizes(outputs, 1, 1, 1, false));
            }

            channel += outputs;
        }

        return new DeviceWeights(memory, memory.Pointer, bias);
    }

    private DeviceWeights UploadSingles(Weight weight)
    {
        int count = checked((int)weight.Shape.ElementCount);
        int outputs = weight.Shape[0];
        DeviceMemory memory = new(device, (long)count * sizeof(float), "weights");
        uploader.Upload(weight, memory.Pointer, DType.Float32, new WeightSizes(outputs, count / outputs, 1, count / outputs, false));
        return new DeviceWeights(memory, memory.Pointer, 0);
    }

    private DeviceWeights UploadTable(Weight table, DType type)
    {
        DeviceMemory memory = new(device, table.Shape.ElementCount * type.SizeInBytes, "weights");
        uploader.Upload(table, memory.Pointer, type, new WeightSizes(table.Shape[0], table.Shape[1], 1, table.Shape[1], false));
        return new DeviceWeights(memory, memory.Pointer, 0);
    }

    private sealed class Entry(DeviceWeights weights)
    {
        public DeviceWeights Weights { get; } = weights;

        public int Users { get; set; }
    }
}

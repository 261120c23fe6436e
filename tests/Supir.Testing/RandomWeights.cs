using System.Runtime.InteropServices;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Testing;

/// <summary>Makes weights of random numbers, in any stored format.</summary>
public sealed class RandomWeights(int seed)
{
    private readonly Random _random = new(seed);
    private int _count;

    /// <summary>A weight with numbers of about 1/√fan-in, so that results stay near 1.</summary>
    public Weight Next(Shape shape, DType type = DType.Float32)
    {
        double scale = shape.Rank < 2 ? 1 : Math.Sqrt(3.0 * shape[0] / shape.ElementCount);
        float[] elements = new float[shape.ElementCount];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = (float)(((_random.NextDouble() * 2) - 1) * scale);
        }

        string name = $"weight{_count++}";
        return type switch
        {
            DType.Float32 => Weight.FromFloats(name, shape, elements),
            DType.Float16 => Weight.FromHalves(name, shape, Array.ConvertAll(elements, x => (Half)x)),
            DType.BFloat16 => Stored(name, shape, type, MemoryMarshal.AsBytes(Array.ConvertAll(elements, x => (ushort)(BitConverter.SingleToUInt32Bits(x) >> 16)).AsSpan()), null),
            DType.Int8 => Stored(name, shape, type, MemoryMarshal.AsBytes(Array.ConvertAll(elements, x => (sbyte)(x / scale * 127)).AsSpan()), Scales(shape[0], scale)),
            DType.Int4 => FourBit(name, shape, elements),
            _ => Stored(name, shape, type, Array.ConvertAll(elements, x => (byte)((_random.Next(256) & 0x80) | _random.Next(0x40))), null),
        };
    }

    /// <summary>A matrix in 4 bits: what a file has of one that was rounded to them.</summary>
    public static Weight FourBit(string name, Shape shape, ReadOnlySpan<float> elements)
    {
        byte[] numbers = new byte[elements.Length / 2];
        Half[] scales = new Half[elements.Length / FourBitGroups.Inputs];
        for (int group = 0; group < scales.Length; group++)
        {
            scales[group] = FourBitGroups.Round(
                elements.Slice(group * FourBitGroups.Inputs, FourBitGroups.Inputs), numbers.AsSpan(group * FourBitGroups.Bytes, FourBitGroups.Bytes));
        }

        return new Weight(name, shape, DType.Int4, new ByteStorage(numbers), groupScales: new ByteStorage(MemoryMarshal.AsBytes(scales.AsSpan()).ToArray()));
    }

    /// <summary>A matrix or kernel with a bias.</summary>
    public LinearWeights NextLinear(Shape shape, DType type = DType.Float32, bool hasBias = true) =>
        new(Next(shape, type), hasBias ? Next(new Shape(shape[0])) : null);

    private float[] Scales(int count, double scale)
    {
        float[] scales = new float[count];
        for (int i = 0; i < count; i++)
        {
            scales[i] = (float)(scale / 127 * (0.5 + _random.NextDouble()));
        }

        return scales;
    }

    private static Weight Stored(string name, Shape shape, DType type, ReadOnlySpan<byte> bytes, float[]? scales) =>
        new(name, shape, type, new ByteStorage(bytes.ToArray()), scales);

    private sealed class ByteStorage : WeightStorage
    {
        private readonly byte[] _bytes;

        public ByteStorage(byte[] bytes)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
            bytes.CopyTo(_bytes, 0);
        }

        public override nint Pin() => Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);

        public override void Unpin()
        {
            // The array is on the pinned heap.
        }
    }
}

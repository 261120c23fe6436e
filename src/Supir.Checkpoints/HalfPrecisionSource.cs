using System.Buffers;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>A source whose weights in single precision are given in half, rounded while somebody reads them; others stay what they are.</summary>
/// <remarks>What torch's <c>model.half()</c> does to a model that was loaded in single precision.</remarks>
public sealed class HalfPrecisionSource : IWeightSource
{
    private readonly IWeightSource _source;
    private readonly OrderedDictionary<string, WeightInfo> _tensors = [];

    /// <summary>Rounds the weights of a source and takes it over.</summary>
    public HalfPrecisionSource(IWeightSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        foreach (WeightInfo info in source.Tensors.Values)
        {
            _tensors.Add(info.Name, IsRounded(info.Type) ? new WeightInfo(info.Name, info.Lengths, DType.Float16) : info);
        }
    }

    /// <inheritdoc/>
    public string Description => _source.Description;

    /// <inheritdoc/>
    public string FormatName => _source.FormatName;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => _source.Metadata;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightInfo> Tensors => _tensors;

    /// <inheritdoc/>
    public IReadOnlyList<SkippedTensor> Skipped => _source.Skipped;

    /// <inheritdoc/>
    public Weight Get(string name)
    {
        Weight weight = _source.Get(name);
        return IsRounded(weight.Type) ? new Weight(weight.Name, weight.Shape, DType.Float16, new RoundedStorage(weight)) : weight;
    }

    /// <summary>Closes the source.</summary>
    public void Dispose() => _source.Dispose();

    private static bool IsRounded(DType type) => type is DType.Float32 or DType.BFloat16;

    private sealed unsafe class RoundedStorage(Weight weight)
        : ComputedWeightStorage(weight.Name, weight.Shape.ElementCount * DType.Float16.SizeInBytes)
    {
        private const int ChunkElements = 1 << 16;

        protected override void Compute(nint destination)
        {
            byte* source = (byte*)weight.Pin();
            try
            {
                long count = weight.Shape.ElementCount;
                Parallel.For(0L, (count + ChunkElements - 1) / ChunkElements, chunk =>
                {
                    long first = chunk * ChunkElements;
                    int length = (int)Math.Min(ChunkElements, count - first);
                    float[] floats = ArrayPool<float>.Shared.Rent(length);
                    Span<float> elements = floats.AsSpan(0, length);
                    NumberFormats.Widen(weight.Type, source + (first * weight.Type.SizeInBytes), elements, 1);
                    NumberFormats.NarrowToHalves(elements, (byte*)destination + (first * sizeof(ushort)));
                    ArrayPool<float>.Shared.Return(floats);
                });
            }
            finally
            {
                weight.Unpin();
            }
        }
    }
}

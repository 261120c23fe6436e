using System.Numerics;
using System.Runtime.CompilerServices;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Brings checkpoint weights, stacked and in OIHW order, into panels.</summary>
internal static unsafe class MatrixPacker
{
    private const int Columns = PackedMatrix.PanelColumns;
    private const int GatedColumns = Columns / 2;

    // Adding one to a full exponent carries into the sign's place.
    private const int HalfExponentMask = 0x7C00;
    private const int HalfExponentStep = 0x0400;
    private const int HalfOverflow = 0x8000;

    /// <summary>Input channels that are copied for all columns in turn: their part of the panel stays in the first-level cache.</summary>
    private const int ChannelsPerBlock = 256;

    /// <summary>Packs all weights of a product, panel by panel on all threads.</summary>
    /// <exception cref="InvalidDataException">A weight holds an infinity or NaN.</exception>
    public static PackedMatrix Pack(LinearWeights weights, ColumnOrder order, WeightPrecision precision, WorkerPool pool)
    {
        PackedForm form = PackedForm.Of(weights, order, precision);
        PackedMatrix packed = new(form);
        nint[] addresses = [.. weights.Weights.Select(weight => weight.Pin())];
        try
        {
            if (form.IsQuantized)
            {
                PackedForm wide = PackedForm.Of(weights, order, WeightPrecision.AsStored) with { Panels = 1 };
                using ThreadLocal<PanelQuantizer> quantizers = new(() => new PanelQuantizer(wide), trackAllValues: true);
                pool.Run(form.Panels, (panel, _) =>
                {
                    PanelQuantizer quantizer = quantizers.Value!;
                    PackPanel(weights, addresses, quantizer.Wide, panel, 0, order);
                    quantizer.Quantize(packed, panel);
                });
                foreach (PanelQuantizer quantizer in quantizers.Values)
                {
                    quantizer.Dispose();
                }
            }
            else
            {
                pool.Run(form.Panels, (panel, _) => PackPanel(weights, addresses, packed, panel, panel, order));
            }

            PackBiases(weights, order, packed);
        }
        catch
        {
            packed.Dispose();
            throw;
        }
        finally
        {
            foreach (Weight weight in weights.Weights)
            {
                weight.Unpin();
            }
        }

        return packed;
    }

    /// <summary>The output channel of a column, or −1 where the last panel has none.</summary>
    private static int ChannelAt(ColumnOrder order, int panel, int column, int channels)
    {
        if (order == ColumnOrder.Natural)
        {
            int natural = (panel * Columns) + column;
            return natural < channels ? natural : -1;
        }

        int half = channels / 2;
        int position = (panel * GatedColumns) + (column % GatedColumns);
        return position >= half ? -1 : column < GatedColumns ? position : half + position;
    }

    /// <summary>Packs panel <paramref name="panel"/> of the weights into panel <paramref name="place"/> of <paramref name="packed"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPanel(LinearWeights weights, nint[] addresses, PackedMatrix packed, int panel, int place, ColumnOrder order)
    {
        SourceColumn* sources = stackalloc SourceColumn[Columns];
        for (int column = 0; column < Columns; column++)
        {
            sources[column] = Find(weights, addresses, ChannelAt(order, panel, column, weights.OutChannels));
            int index = sources[column].Index;
            bool isScaled = index >= 0 && packed.Type == DType.Int8;
            packed.Scales[(place * Columns) + column] = isScaled ? weights.Weights[index].Scales[sources[column].Row] : 1f;
        }

        int taps = weights.KernelHeight * weights.KernelWidth;
        long step = weights.IsTransposed ? weights.OutChannels : 1;
        byte* target = packed.Panel(place);
        for (int first = 0; first < weights.InChannels; first += ChannelsPerBlock)
        {
            int last = Math.Min(weights.InChannels, first + ChannelsPerBlock);
            for (int column = 0; column < Columns; column++)
            {
                SourceColumn source = sources[column];
                Weight? weight = source.Index < 0 ? null : weights.Weights[source.Index];
                if (weight is not null && weight.Type != packed.Type)
                {
                    CopyWidened(source, step, (float*)target + column, weights.InChannels, first, last, taps, weight, weights.IsTransposed);
                }
                else if (packed.Type.SizeInBytes == 2)
                {
                    Copy((ushort*)source.Start, step, (ushort*)target + column, weights.InChannels, first, last, taps);
                }
                else if (packed.Type.SizeInBytes == 1)
                {
                    Copy((byte*)source.Start, step, target + column, weights.InChannels, first, last, taps);
                }
                else
                {
                    Copy((float*)source.Start, step, (float*)target + column, weights.InChannels, first, last, taps);
                }
            }
        }

        if (packed.Type == DType.Float16)
        {
            RequireFinite((ushort*)target, (long)packed.Depth * Columns, weights);
        }
    }

    /// <summary>Where an output channel begins in the checkpoint.</summary>
    /// <param name="Start">The address of its first element; 0 for a column of zeros.</param>
    /// <param name="Index">Which of the stacked weights; −1 for a column of zeros.</param>
    /// <param name="Row">Its row in that weight.</param>
    private readonly record struct SourceColumn(nint Start, int Index, int Row);

    private static SourceColumn Find(LinearWeights weights, nint[] addresses, int channel)
    {
        if (channel < 0)
        {
            return new SourceColumn(0, -1, 0);
        }

        int index = 0;
        int row = channel;
        int axis = weights.IsTransposed ? 1 : 0;
        while (row >= weights.Weights[index].Shape[axis])
        {
            row -= weights.Weights[index].Shape[axis];
            index++;
        }

        Weight weight = weights.Weights[index];
        long first = weights.IsTransposed ? row : row * (weight.Shape.ElementCount / weight.Shape[0]);
        return new SourceColumn(addresses[index] + (nint)(first * weight.Type.SizeInBytes), index, row);
    }

    /// <summary>Copies the input channels [first, last) of one output channel into its column, all taps; zeros where there is no source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<T>(T* source, long step, T* column, int channels, int first, int last, int taps)
        where T : unmanaged
    {
        for (int tap = 0; tap < taps; tap++)
        {
            T* target = column + ((((long)tap * channels) + first) * Columns);
            T* element = source + (((first * (long)taps) + tap) * step);
            if (source == null)
            {
                for (int channel = first; channel < last; channel++)
                {
                    *target = default;
                    target += Columns;
                }

                continue;
            }

            long skip = taps * step;
            for (int channel = first; channel < last; channel++)
            {
                *target = *element;
                element += skip;
                target += Columns;
            }
        }
    }

    private static void CopyWidened(
        SourceColumn source, long step, float* column, int channels, int first, int last, int taps, Weight weight, bool isTransposed)
    {
        for (int tap = 0; tap < taps; tap++)
        {
            for (int channel = first; channel < last; channel++)
            {
                float factor = weight.Type == DType.Int8 ? weight.Scales[isTransposed ? channel : source.Row] : 1f;
                float value = 0f;
                long position = ((channel * (long)taps) + tap) * step;
                WeightConversion.Widen(weight.Type, (byte*)source.Start + (position * weight.Type.SizeInBytes), new Span<float>(ref value));
                column[(((long)tap * channels) + channel) * Columns] = value * factor;
            }
        }
    }

    /// <summary>The widening of panels takes no infinities or NaN, so none may come in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RequireFinite(ushort* elements, long count, LinearWeights weights)
    {
        // A panel is a multiple of 32 elements, and no vector is longer than that.
        Vector<ushort> seen = Vector<ushort>.Zero;
        for (long i = 0; i < count; i += Vector<ushort>.Count)
        {
            seen |= (Vector.Load(elements + i) & new Vector<ushort>(HalfExponentMask)) + new Vector<ushort>(HalfExponentStep);
        }

        if (Vector.GreaterThanOrEqualAny(seen, new Vector<ushort>(HalfOverflow)))
        {
            throw new InvalidDataException($"The weight '{weights.Weights[0].Name}', or one that is stacked on it, holds a number that is infinite or not a number.");
        }
    }

    private static void PackBiases(LinearWeights weights, ColumnOrder order, PackedMatrix packed)
    {
        float[] biases = new float[weights.OutChannels];
        for (int i = 0, start = 0; i < weights.Biases.Count; i++)
        {
            weights.Biases[i]?.ToFloats().CopyTo(biases, start);
            start += weights.Weights[i].Shape[weights.IsTransposed ? 1 : 0];
        }

        for (int panel = 0; panel < packed.Panels; panel++)
        {
            for (int column = 0; column < Columns; column++)
            {
                int channel = ChannelAt(order, panel, column, weights.OutChannels);
                packed.Bias[(panel * Columns) + column] = channel < 0 ? 0f : biases[channel];
            }
        }
    }
}

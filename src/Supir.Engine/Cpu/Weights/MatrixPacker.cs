using System.Buffers;
using System.Runtime.CompilerServices;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Brings checkpoint weights, stacked and in OIHW order, into panels.</summary>
internal static unsafe class MatrixPacker
{
    private const int Columns = ProductWeights.PanelColumns;

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
            if (FourBitTaking.Fits(weights, form))
            {
                FourBitTaking.Take(weights, addresses, packed, order, pool);
            }
            else if (form.IsQuantized)
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

            packed.SetBiases(weights, order);
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

    /// <summary>Packs panel <paramref name="panel"/> of the weights into panel <paramref name="place"/> of <paramref name="packed"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPanel(LinearWeights weights, nint[] addresses, PackedMatrix packed, int panel, int place, ColumnOrder order)
    {
        SourceColumn* sources = stackalloc SourceColumn[Columns];
        for (int column = 0; column < Columns; column++)
        {
            sources[column] = SourceColumn.Find(weights, addresses, SourceColumn.ChannelAt(order, panel, column, weights.OutChannels));
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
                if (weight is { Type: DType.Int4 })
                {
                    if (first == 0)
                    {
                        CopyWidened(weight, source.Row, (float*)target + column);
                    }
                }
                else if (weight is not null && weight.Type != packed.Type)
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
            FiniteHalves.Require((ushort*)target, (long)packed.Depth * Columns, weights);
        }
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

    /// <summary>Copies all of an output channel that is stored in 4 bits.</summary>
    private static void CopyWidened(Weight weight, int row, float* column)
    {
        float[] elements = ArrayPool<float>.Shared.Rent(weight.Shape[1]);
        weight.ReadRow(row, elements.AsSpan(0, weight.Shape[1]));
        for (int channel = 0; channel < weight.Shape[1]; channel++)
        {
            column[channel * Columns] = elements[channel];
        }

        ArrayPool<float>.Shared.Return(elements);
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
}

using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Brings checkpoint weights, stacked and in OIHW order, into panels.</summary>
internal static unsafe class MatrixPacker
{
    private const int Columns = PackedMatrix.PanelColumns;
    private const int GatedColumns = Columns / 2;
    private const int HalfExponentMask = 0x7C00;

    /// <summary>Packs all weights of a product, panel by panel on all threads.</summary>
    /// <exception cref="InvalidDataException">A weight holds an infinity or NaN.</exception>
    public static PackedMatrix Pack(LinearWeights weights, ColumnOrder order, WorkerPool pool)
    {
        int channels = weights.OutChannels;
        int panels = order == ColumnOrder.Gated ? Divide(channels / 2, GatedColumns) : Divide(channels, Columns);
        int taps = weights.KernelHeight * weights.KernelWidth;
        PackedMatrix packed = new(PackedType(weights), panels, taps * weights.InChannels);
        nint[] addresses = [.. weights.Weights.Select(weight => weight.Pin())];
        try
        {
            pool.Run(panels, (panel, _) =>
            {
                for (int column = 0; column < Columns; column++)
                {
                    PackColumn(weights, addresses, packed, panel, column, ChannelAt(order, panel, column, channels));
                }
            });
            PackBiases(weights, order, packed);
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

    private static int Divide(int count, int size) => (count + size - 1) / size;

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

    /// <summary>The format of all weights where they agree and a panel can be widened from it; otherwise single precision.</summary>
    private static DType PackedType(LinearWeights weights)
    {
        DType first = weights.Weights[0].Type;
        bool scaledByDepth = first == DType.Int8 && weights.IsTransposed;
        return weights.Weights.All(weight => weight.Type == first) && first != DType.Float8E4M3 && !scaledByDepth ? first : DType.Float32;
    }

    private static void PackColumn(LinearWeights weights, nint[] addresses, PackedMatrix packed, int panel, int column, int channel)
    {
        int taps = weights.KernelHeight * weights.KernelWidth;
        int size = packed.Type.SizeInBytes;
        byte* destination = packed.Panel(panel) + ((long)column * size);
        float* scale = packed.Scales + (panel * Columns) + column;
        *scale = 1f;
        if (channel < 0)
        {
            for (int k = 0; k < packed.Depth; k++)
            {
                new Span<byte>(destination + ((long)k * Columns * size), size).Clear();
            }

            return;
        }

        int index = 0;
        int local = channel;
        int axis = weights.IsTransposed ? 1 : 0;
        while (local >= weights.Weights[index].Shape[axis])
        {
            local -= weights.Weights[index].Shape[axis];
            index++;
        }

        Weight weight = weights.Weights[index];
        long first = weights.IsTransposed ? local : (long)local * packed.Depth;
        long step = weights.IsTransposed ? weights.OutChannels : 1;
        byte* source = (byte*)addresses[index] + (first * weight.Type.SizeInBytes);
        if (weight.Type == packed.Type && size == 2)
        {
            ScatterHalves((ushort*)source, step, (ushort*)destination, weights.InChannels, taps, weight);
        }
        else if (weight.Type == packed.Type && size == 1)
        {
            Scatter((sbyte*)source, step, (sbyte*)destination, weights.InChannels, taps);
            *scale = weight.Scales[local];
        }
        else if (weight.Type == packed.Type)
        {
            Scatter((float*)source, step, (float*)destination, weights.InChannels, taps);
        }
        else
        {
            ScatterWidened(source, step, (float*)destination, weights.InChannels, taps, weight, weights.IsTransposed ? -1 : local);
        }
    }

    private static void ScatterHalves(ushort* source, long step, ushort* destination, int channels, int taps, Weight weight)
    {
        Scatter(source, step, destination, channels, taps);
        if (weight.Type != DType.Float16)
        {
            return;
        }

        for (long i = 0; i < (long)channels * taps; i++)
        {
            if ((source[i * step] & HalfExponentMask) == HalfExponentMask)
            {
                throw new InvalidDataException($"The weight '{weight.Name}' holds a number that is infinite or not a number.");
            }
        }
    }

    private static void Scatter<T>(T* source, long step, T* destination, int channels, int taps)
        where T : unmanaged
    {
        for (int channel = 0; channel < channels; channel++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                destination[((long)(tap * channels) + channel) * Columns] = *source;
                source += step;
            }
        }
    }

    /// <summary>Widens one column; <paramref name="row"/> is its row in the weight, or −1 where the weight is stored [in, out].</summary>
    private static void ScatterWidened(byte* source, long step, float* destination, int channels, int taps, Weight weight, int row)
    {
        for (int channel = 0; channel < channels; channel++)
        {
            float factor = weight.Type == DType.Int8 ? weight.Scales[row < 0 ? channel : row] : 1f;
            for (int tap = 0; tap < taps; tap++)
            {
                float value = 0f;
                WeightConversion.Widen(weight.Type, source, new Span<float>(ref value));
                destination[((long)(tap * channels) + channel) * Columns] = value * factor;
                source += step * weight.Type.SizeInBytes;
            }
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

using System.Numerics;

namespace Supir.Checkpoints.Adapters;

/// <summary>What one module of a LoRA adds to some rows of a weight: up · down, where up already holds strength · alpha / rank.</summary>
internal sealed class LoraDelta
{
    private readonly IWeightSource _lora;
    private readonly LoraModule _module;
    private readonly float _factor;

    private LoraDelta(IWeightSource lora, LoraModule module, LoraTarget target, int rank, float factor)
    {
        _lora = lora;
        _module = module;
        _factor = factor;
        Target = target;
        Rank = rank;
    }

    /// <summary>The rows.</summary>
    public LoraTarget Target { get; }

    /// <summary>Rows of the down matrix.</summary>
    public int Rank { get; }

    /// <summary>Checks a module's shapes against its target; no elements are read but alpha.</summary>
    /// <exception cref="CheckpointException">A matrix is missing or does not fit.</exception>
    public static LoraDelta Of(IWeightSource lora, LoraModule module, LoraTarget target, float strength)
    {
        if (module.Up is null || module.Down is null)
        {
            throw new CheckpointException(
                $"{lora.Description}: the module of {Quotation.Of((module.Up ?? module.Down ?? module.Middle ?? module.Alpha)!)} lacks its {(module.Up is null ? "up" : "down")} matrix.");
        }

        WeightInfo up = lora.Tensors[module.Up];
        WeightInfo down = lora.Tensors[module.Down];
        WeightInfo? middle = module.Middle is string name ? lora.Tensors[name] : null;
        long rank = down.Lengths.Count >= 2 ? down.Lengths[0] : 0;
        bool fits = rank is > 0 and <= int.MaxValue && up.Lengths.Count >= 2 && up.ElementCount == target.RowCount * rank && up.Lengths[0] == target.RowCount
            && (middle is null
                ? down.ElementCount == rank * target.ColumnCount
                : middle.Lengths.Count >= 2 && middle.Lengths[0] == rank && middle.Lengths[1] == rank
                    && down.ElementCount / rank * (middle.ElementCount / rank / rank) == target.ColumnCount);
        if (!fits)
        {
            throw new CheckpointException(
                $"{lora.Description}: {Quotation.Of(module.Up)} {up.ShapeText} and {Quotation.Of(module.Down)} {down.ShapeText} do not fit the weight " +
                $"{Quotation.Of(target.Weight)}, of which they would change {target.RowCount} × {target.ColumnCount} elements. The LoRA is made for another model.");
        }

        float alpha = rank;
        if (module.Alpha is string alphaName)
        {
            alpha = lora.Tensors[alphaName].ElementCount == 1 ? lora.Get(alphaName).ToFloats()[0] : float.NaN;
            if (!float.IsFinite(alpha))
            {
                throw new CheckpointException($"{lora.Description}: {Quotation.Of(alphaName)} is not one finite number.");
            }
        }

        return new LoraDelta(lora, module, target, (int)rank, strength * alpha / rank);
    }

    /// <summary>The up matrix [rows, rank] with all factors in it.</summary>
    public float[] ReadUp() => [.. _lora.Get(_module.Up!).ToFloats().Select(value => value * _factor)];

    /// <summary>The down matrix [rank, columns], with the middle kernel multiplied in.</summary>
    public float[] ReadDown()
    {
        float[] down = _lora.Get(_module.Down!).ToFloats();
        if (_module.Middle is null)
        {
            return down;
        }

        // result[r, i, k] = Σ_s middle[r, s, k] · down[s, i], with k over the kernel's places.
        float[] middle = _lora.Get(_module.Middle).ToFloats();
        int inChannels = down.Length / Rank;
        int places = middle.Length / Rank / Rank;
        float[] result = new float[checked(Rank * inChannels * places)];
        Parallel.For(0, Rank, r =>
        {
            for (int s = 0; s < Rank; s++)
            {
                for (int i = 0; i < inChannels; i++)
                {
                    for (int k = 0; k < places; k++)
                    {
                        result[(((r * inChannels) + i) * places) + k] += middle[(((r * Rank) + s) * places) + k] * down[(s * inChannels) + i];
                    }
                }
            }
        });
        return result;
    }

    /// <summary>Adds Σ_r up[r] · down[r, ·] to a row: four ranks at a time, so that the row is loaded and stored less often.</summary>
    public static void AddRow(ReadOnlySpan<float> up, ReadOnlySpan<float> down, Span<float> row)
    {
        int columns = row.Length;
        int r = 0;
        for (; r <= up.Length - 4; r += 4)
        {
            ReadOnlySpan<float> first = down.Slice(r * columns, columns);
            ReadOnlySpan<float> second = down.Slice((r + 1) * columns, columns);
            ReadOnlySpan<float> third = down.Slice((r + 2) * columns, columns);
            ReadOnlySpan<float> fourth = down.Slice((r + 3) * columns, columns);
            int j = 0;
            for (; j <= columns - Vector<float>.Count; j += Vector<float>.Count)
            {
                Vector<float> sum = new(row[j..]);
                sum += up[r] * new Vector<float>(first[j..]);
                sum += up[r + 1] * new Vector<float>(second[j..]);
                sum += up[r + 2] * new Vector<float>(third[j..]);
                sum += up[r + 3] * new Vector<float>(fourth[j..]);
                sum.CopyTo(row[j..]);
            }

            for (; j < columns; j++)
            {
                row[j] += (up[r] * first[j]) + (up[r + 1] * second[j]) + (up[r + 2] * third[j]) + (up[r + 3] * fourth[j]);
            }
        }

        for (; r < up.Length; r++)
        {
            for (int j = 0; j < columns; j++)
            {
                row[j] += up[r] * down[(r * columns) + j];
            }
        }
    }
}

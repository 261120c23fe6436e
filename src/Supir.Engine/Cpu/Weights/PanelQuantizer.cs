using System.Runtime.CompilerServices;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Rounds a panel to 8 bits, each column by its own factor, so that its largest weight becomes ±127; or to 4 bits.</summary>
internal sealed unsafe class PanelQuantizer(PackedForm wide) : IDisposable
{
    private const int Columns = ProductWeights.PanelColumns;
    private const float Largest = sbyte.MaxValue;

    private readonly AlignedMemory _floats = new((long)wide.Depth * Columns * sizeof(float));

    /// <summary>Room for one panel as it is stored; to be filled before <see cref="Quantize"/>.</summary>
    public PackedMatrix Wide { get; } = new(wide);

    /// <summary>Rounds the panel in <see cref="Wide"/> and writes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Quantize(PackedMatrix packed, int panel)
    {
        float* source = Rows();
        if (packed.Form.IsFourBit)
        {
            FourBitPanel.Round(source, packed.Depth, packed.Panel(panel));
            new Span<float>(packed.Scales + (panel * Columns), Columns).Fill(1f);
            return;
        }

        float* scales = packed.Scales + (panel * Columns);
        float* inverses = stackalloc float[Columns];
        new Span<float>(scales, Columns).Clear();
        for (int k = 0; k < packed.Depth; k++)
        {
            for (int column = 0; column < Columns; column++)
            {
                scales[column] = MathF.Max(scales[column], MathF.Abs(source[(k * Columns) + column]));
            }
        }

        for (int column = 0; column < Columns; column++)
        {
            scales[column] = scales[column] == 0 ? 1 : scales[column] / Largest;
            inverses[column] = 1 / scales[column];
        }

        sbyte* target = (sbyte*)packed.Panel(panel);
        for (int k = 0; k < packed.Depth; k++)
        {
            for (int column = 0; column < Columns; column++)
            {
                target[(k * Columns) + column] = (sbyte)MathF.Round(source[(k * Columns) + column] * inverses[column]);
            }
        }
    }

    /// <summary>The panel in <see cref="Wide"/> in single precision, [depth][32].</summary>
    private float* Rows()
    {
        if (Wide.Type == DType.Float32)
        {
            return (float*)Wide.Panel(0);
        }

        float* rows = (float*)_floats.Pointer;
        PanelWidening.Widen(Wide.Type, Wide.Panel(0), Wide.Depth, Wide.Scales, Columns, Columns / 2, rows);
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Wide.Dispose();
        _floats.Dispose();
    }
}

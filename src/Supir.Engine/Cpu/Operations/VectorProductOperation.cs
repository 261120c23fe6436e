using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Operations;

/// <summary>A matrix product of a single row: what a language model does for each word. Weights in 8 or 4 bits stay so until they are in a register.</summary>
internal sealed unsafe class VectorProductOperation(MatrixView source, PackedMatrix weights, Epilogue epilogue) : CpuOperation
{
    /// <summary>Units to aim at: enough for many cores, few enough that each streams for some tens of microseconds.</summary>
    private const int WantedUnits = 64;

    /// <inheritdoc/>
    public override string Name => $"vector product {weights.Depth}x{weights.Panels * PackedMatrix.PanelColumns} {(weights.Form.IsFourBit ? 4 : 8)} bit";

    /// <inheritdoc/>
    public override int Units => Math.Min(weights.Panels, WantedUnits);

    /// <inheritdoc/>
    public override double Flops => 2.0 * weights.Depth * weights.Panels * PackedMatrix.PanelColumns;

    /// <summary>Whether there is a kernel for packed weights; the others are few and small.</summary>
    public static bool Knows(PackedForm form) => form.IsFourBit || form.Type == DType.Int8;

    /// <summary>Bytes that a thread needs: 32 results, and the row with zeros up to whole groups.</summary>
    public static long ScratchBytesFor(PackedForm form) =>
        ((long)PackedMatrix.PanelColumns + (FourBitPanel.GroupsOf(form.Depth) * FourBitPanel.GroupRows)) * sizeof(float);

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        float* y = (float*)scratch;
        float* x = source.Row(0);
        if (weights.Form.IsFourBit && weights.Depth % FourBitPanel.GroupRows != 0)
        {
            Span<float> padded = new(y + PackedMatrix.PanelColumns, FourBitPanel.GroupsOf(weights.Depth) * FourBitPanel.GroupRows);
            padded.Clear();
            new ReadOnlySpan<float>(x, weights.Depth).CopyTo(padded);
            x = y + PackedMatrix.PanelColumns;
        }

        int last = Cut(weights.Panels, unit + 1, Units);
        for (int panel = Cut(weights.Panels, unit, Units); panel < last; panel++)
        {
            if (weights.Form.IsFourBit)
            {
                VectorProduct.FourBit(weights.Panel(panel), weights.Depth, x, y);
            }
            else
            {
                VectorProduct.EightBit((sbyte*)weights.Panel(panel), weights.Depth, x, y);
                float* scales = weights.Scales + (panel * PackedMatrix.PanelColumns);
                for (int column = 0; column < PackedMatrix.PanelColumns; column++)
                {
                    y[column] *= scales[column];
                }
            }

            epilogue.Write(y, 1, 0, 0, panel);
        }
    }
}

using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Weights that were copied into the order in which the kernels read them: [panel][depth][32], in the checkpoint's format or in 8 bits.</summary>
internal sealed unsafe class PackedMatrix : ProductWeights
{
    private readonly AlignedMemory _elements;

    /// <summary>Takes the memory; <see cref="MatrixPacker"/> fills it.</summary>
    public PackedMatrix(PackedForm form)
        : base(form) => _elements = new AlignedMemory(form.Panels * form.PanelBytes);

    /// <summary>The first element of a panel.</summary>
    public byte* Panel(int panel) => _elements.Pointer + (panel * Form.PanelBytes);

    /// <inheritdoc/>
    public override float* Widened(int panel, float* scratch)
    {
        if (Form.IsFourBit)
        {
            FourBitPanel.Widen(Panel(panel), Depth, StrideB, HalvesOfB, scratch);
            return scratch;
        }

        if (Type == DType.Float32)
        {
            return (float*)Panel(panel);
        }

        PanelWidening.Widen(Type, Panel(panel), Depth, Scales + (panel * PanelColumns), StrideB, HalvesOfB, scratch);
        return scratch;
    }

    /// <summary>Some input channels of all taps of a panel in single precision, rows of 32 numbers one behind the other: memory that is so already,
    /// or widened into <paramref name="scratch"/>.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="channels">Input channels of a tap.</param>
    /// <param name="first">The first one wanted.</param>
    /// <param name="count">How many.</param>
    /// <param name="scratch">[tap][count][32].</param>
    /// <param name="tapStride">Elements from a tap to the next: of the scratch, then of what is returned.</param>
    public float* WidenedTaps(int panel, int channels, int first, int count, float* scratch, ref nint tapStride)
    {
        if (Type == DType.Float32)
        {
            tapStride = (nint)channels * PanelColumns;
            return (float*)Row(panel, first);
        }

        for (int tap = 0; tap < Depth / channels; tap++)
        {
            PanelWidening.Widen(
                Type, Row(panel, (tap * channels) + first), count, Scales + (panel * PanelColumns), PanelLayout.Whole.Stride, PanelLayout.Whole.Halves, scratch + (tap * tapStride));
        }

        return scratch;
    }

    /// <summary>Asks for what <see cref="WidenedTaps"/> will read of a tap, while something else is computed; nothing happens where there is no such panel.</summary>
    public void FetchTap(int panel, int tap, int channels, int first, int count)
    {
        if (panel < Panels)
        {
            Fetch(Row(panel, (tap * channels) + first), (long)count * PanelColumns * Type.SizeInBytes);
        }
    }

    /// <inheritdoc/>
    public override void Fetch(int panel, int part, int parts)
    {
        if (panel < Panels)
        {
            long bytes = Form.PanelBytes;
            long start = bytes * part / parts;
            Fetch(Panel(panel) + start, (bytes * (part + 1) / parts) - start);
        }
    }

    private byte* Row(int panel, int row) => Panel(panel) + ((long)row * PanelColumns * Type.SizeInBytes);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _elements.Dispose();
    }
}

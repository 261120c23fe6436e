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

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _elements.Dispose();
    }
}

using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Weights of a product in the order in which the kernels read them: panels of 32 output channels, [panel][depth][32].</summary>
/// <remarks>The elements keep the checkpoint's format; a panel is widened to single precision just before it is used.
/// Depth runs over the kernel's taps and, within a tap, over the input channels.</remarks>
internal sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Output channels of a panel.</summary>
    public const int PanelColumns = Kernels.TileKernel.Columns;

    private readonly AlignedMemory _elements;
    private readonly AlignedMemory _perColumn;

    /// <summary>Takes the memory; <see cref="MatrixPacker"/> fills it.</summary>
    public PackedMatrix(PackedForm form)
    {
        Form = form;
        _elements = new AlignedMemory(form.Panels * form.PanelBytes);
        _perColumn = new AlignedMemory(2L * form.Panels * PanelColumns * sizeof(float));
    }

    /// <summary>Format and size.</summary>
    public PackedForm Form { get; }

    /// <summary>The format of the packed elements.</summary>
    public DType Type => Form.Type;

    /// <summary>Panels of 32 output channels; the last one is padded with zeros.</summary>
    public int Panels => Form.Panels;

    /// <summary>Taps · input channels.</summary>
    public int Depth => Form.Depth;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => Form.Bytes;

    /// <summary>One number for each output channel, 0 where there is no bias.</summary>
    public float* Bias => (float*)_perColumn.Pointer;

    /// <summary>One factor for each output channel; 1 but for Int8.</summary>
    public float* Scales => Bias + ((long)Panels * PanelColumns);

    /// <summary>The first element of a panel.</summary>
    public byte* Panel(int panel) => _elements.Pointer + (panel * Form.PanelBytes);

    /// <summary>With 256-bit vectors a tile has half of a panel's columns: side by side, its rows of B would be every second line of the cache,
    /// which costs a fifth of the speed, so a widened panel has one half behind the other.</summary>
    private bool IsSplit => Type != DType.Float32 && InstructionSets.Best == InstructionSet.Avx2;

    /// <summary>Elements from a row of a widened panel to the next.</summary>
    public nint StrideB => IsSplit ? PanelColumns / 2 : PanelColumns;

    /// <summary>Elements from the first half of a widened panel's columns to the second.</summary>
    public nint HalvesOfB => IsSplit ? (nint)Depth * PanelColumns / 2 : PanelColumns / 2;

    /// <summary>A panel in single precision: the packed memory itself, or widened into <paramref name="scratch"/>; laid out as
    /// <see cref="StrideB"/> and <see cref="HalvesOfB"/> say.</summary>
    public float* Widened(int panel, float* scratch)
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
    public void Dispose()
    {
        _elements.Dispose();
        _perColumn.Dispose();
    }
}

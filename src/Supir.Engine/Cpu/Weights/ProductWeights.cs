using System.Runtime.Intrinsics.X86;
using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Weights of a product as its kernels read them: in panels of 32 output channels, each widened to single precision just before it is used.</summary>
/// <remarks>Depth runs over the kernel's taps and, within a tap, over the input channels.</remarks>
internal abstract unsafe class ProductWeights : IDisposable
{
    /// <summary>Output channels of a panel.</summary>
    public const int PanelColumns = TileKernel.Columns;

    private readonly AlignedMemory _perColumn;

    /// <summary>Takes the memory of what there is one number of for each output channel.</summary>
    protected ProductWeights(PackedForm form)
    {
        Form = form;
        _perColumn = new AlignedMemory(2L * form.Panels * PanelColumns * sizeof(float));
    }

    /// <summary>Format and size.</summary>
    public PackedForm Form { get; }

    /// <summary>The format of the elements.</summary>
    public DType Type => Form.Type;

    /// <summary>Panels of 32 output channels; what the last one has too many is zero.</summary>
    public int Panels => Form.Panels;

    /// <summary>Taps · input channels.</summary>
    public int Depth => Form.Depth;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => Form.Bytes;

    /// <summary>One number for each output channel, 0 where there is no bias.</summary>
    public float* Bias => (float*)_perColumn.Pointer;

    /// <summary>One factor for each output channel; 1 but for Int8.</summary>
    public float* Scales => Bias + ((long)Panels * PanelColumns);

    /// <summary>Elements from a row of a widened panel to the next.</summary>
    public nint StrideB => Layout.Stride;

    /// <summary>Elements from the first half of a widened panel's columns to the second.</summary>
    public nint HalvesOfB => Layout.Halves;

    /// <summary>Weights in single precision are read where they are packed.</summary>
    private PanelLayout Layout => Type == DType.Float32 ? PanelLayout.Whole : PanelLayout.Fastest(Depth);

    /// <summary>A panel in single precision, laid out as <see cref="StrideB"/> and <see cref="HalvesOfB"/> say: memory that is so already, or
    /// widened into <paramref name="scratch"/>.</summary>
    public abstract float* Widened(int panel, float* scratch);

    /// <summary>Asks for a part of what <see cref="Widened"/> will read, while something else is computed.</summary>
    /// <param name="panel">The panel; nothing happens where there is none.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public abstract void Fetch(int panel, int part, int parts);

    /// <summary>Asks the processor for the cache lines of a range of memory.</summary>
    protected static void Fetch(byte* start, long bytes)
    {
        if (Sse.IsSupported)
        {
            for (long offset = 0; offset < bytes; offset += AlignedMemory.Alignment)
            {
                Sse.Prefetch1(start + offset);
            }
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose() => _perColumn.Dispose();

    /// <summary>Takes the stacked biases over.</summary>
    public void SetBiases(LinearWeights weights, ColumnOrder order)
    {
        float[] biases = new float[weights.OutChannels];
        for (int i = 0, start = 0; i < weights.Biases.Count; i++)
        {
            weights.Biases[i]?.ToFloats().CopyTo(biases, start);
            start += weights.Weights[i].Shape[weights.IsTransposed ? 1 : 0];
        }

        for (int panel = 0; panel < Panels; panel++)
        {
            for (int column = 0; column < PanelColumns; column++)
            {
                int channel = SourceColumn.ChannelAt(order, panel, column, weights.OutChannels);
                Bias[(panel * PanelColumns) + column] = channel < 0 ? 0f : biases[channel];
            }
        }
    }
}

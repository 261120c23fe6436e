using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Weights that stay where the checkpoint has them: a panel is transposed while it is widened.</summary>
/// <remarks>Transposing anew costs a hundredth of a product (the fifth of a nanosecond an element, against nine for 512 rows). A copy costs more
/// than fifty steps of that, and much more where the system first has to find the memory, which a virtual machine's host may have taken
/// back. Convolutions are packed all the same: their taps lie the other way round, and cost them a tenth.</remarks>
internal sealed unsafe class StoredMatrix : ProductWeights
{
    /// <summary>Elements that a thread looks at before it takes the next: a megabyte.</summary>
    private const long ElementsPerUnit = 1 << 19;

    private readonly LinearWeights _weights;
    private readonly ColumnOrder _order;
    private readonly nint[] _addresses;

    /// <summary>Pins the weights until this is disposed, and looks at all of them.</summary>
    /// <exception cref="InvalidDataException">A weight holds an infinity or NaN.</exception>
    public StoredMatrix(LinearWeights weights, ColumnOrder order, WorkerPool pool)
        : base(PackedForm.Of(weights, order, WeightPrecision.AsStored))
    {
        _weights = weights;
        _order = order;
        _addresses = [.. weights.Weights.Select(weight => weight.Pin())];
        try
        {
            new Span<float>(Scales, Panels * PanelColumns).Fill(1f);
            SetBiases(weights, order);
            for (int i = 0; i < _addresses.Length; i++)
            {
                LookAt(_addresses[i], weights.Weights[i], pool);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether weights can be read where they lie.</summary>
    public static bool Fits(PackedKey key) =>
        !key.Weights.IsTransposed
        && key.Weights.KernelHeight * key.Weights.KernelWidth == 1
        && !key.Form.IsQuantized
        && key.Weights.Weights.All(weight => weight.StaysInPlace && weight.Type == DType.Float16);

    /// <inheritdoc/>
    public override float* Widened(int panel, float* scratch)
    {
        nint* columns = stackalloc nint[PanelColumns];
        for (int column = 0; column < PanelColumns; column++)
        {
            columns[column] = Column(panel, column);
        }

        TransposedWidening.Widen(columns, Depth, StrideB, HalvesOfB, scratch);
        return scratch;
    }

    /// <inheritdoc/>
    public override void Fetch(int panel, int part, int parts)
    {
        int last = panel < Panels ? PanelColumns * (part + 1) / parts : 0;
        for (int column = PanelColumns * part / parts; column < last; column++)
        {
            nint start = Column(panel, column);
            if (start != 0)
            {
                Fetch((byte*)start, (long)Depth * Type.SizeInBytes);
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (Weight weight in _weights.Weights)
        {
            weight.Unpin();
        }
    }

    private nint Column(int panel, int column) =>
        SourceColumn.Find(_weights, _addresses, SourceColumn.ChannelAt(_order, panel, column, _weights.OutChannels)).Start;

    /// <summary>Refuses what is not finite; and brings the pages into this process on all threads.</summary>
    private void LookAt(nint address, Weight weight, WorkerPool pool)
    {
        long count = weight.Shape.ElementCount;
        int units = (int)((count + ElementsPerUnit - 1) / ElementsPerUnit);
        pool.Run(units, (unit, _) =>
        {
            long first = unit * ElementsPerUnit;
            FiniteHalves.Require((ushort*)address + first, Math.Min(ElementsPerUnit, count - first), _weights);
        });
    }
}

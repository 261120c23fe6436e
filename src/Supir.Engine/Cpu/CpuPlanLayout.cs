using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Operations;
using Supir.Engine.Cpu.Weights;
using Supir.Engine.Graphs;
using Supir.Engine.Plans;

namespace Supir.Engine.Cpu;

/// <summary>The steps of a graph, when each runs, and where everything they write lies in the arena.</summary>
internal sealed class CpuPlanLayout
{
    private const int ElementsPerCachePage = 4096 / sizeof(float);
    private const int ElementsPerCacheLine = 64 / sizeof(float);

    private readonly WeightPrecision _precision;
    private readonly Dictionary<FusedStep, Statistics> _norms = [];

    /// <summary>Convolutions that sum what they write, and the normalisations that they do it for.</summary>
    private readonly Dictionary<FusedStep, FusedStep> _normAfter = [];
    private readonly ValueLives _lives;
    private readonly ArenaLayout _arena;

    /// <summary>Fuses and lays out a graph for so many threads.</summary>
    public CpuPlanLayout(Graph graph, WeightPrecision precision, int threads)
    {
        Threads = threads;
        _precision = precision;
        IReadOnlyList<FusedStep> steps = Fuser.Fuse(graph);
        PerRun = [.. steps.Where(step => step.Result.IsPerRun)];
        PerStep = [.. steps.Where(step => !step.Result.IsPerRun)];
        FusedStep[] order = [.. PerRun, .. PerStep];
        foreach (FusedStep step in order.Where(step => step.IsVirtual))
        {
            Virtual.Add(step.Result, (ConcatNode)step.Node);
        }

        _lives = new ValueLives(PerRun.Count, Virtual);
        foreach (Value input in graph.Inputs.Values)
        {
            _lives.AddInput(input, BytesOf(input));
        }

        Dictionary<Value, int> summable = [];
        for (int time = 0; time < order.Length; time++)
        {
            Place(order, time, summable);
        }

        for (int time = 0; time < order.Length; time++)
        {
            foreach (Value read in order[time].Reads())
            {
                _lives.Keep(read, time);
            }

            if (order[time].Prologue is FusedStep prologue)
            {
                _lives.Keep(_norms[prologue].Affine, time);
            }
        }

        foreach (Value output in graph.Outputs.Values)
        {
            _lives.Keep(output, int.MaxValue);
        }

        _arena = new ArenaLayout(_lives.Requests);
    }

    /// <summary>The threads that the steps are cut for.</summary>
    public int Threads { get; }

    /// <summary>Steps that run once a run.</summary>
    public IReadOnlyList<FusedStep> PerRun { get; }

    /// <summary>Steps that run every time.</summary>
    public IReadOnlyList<FusedStep> PerStep { get; }

    /// <summary>Concatenations that are never written.</summary>
    public Dictionary<Value, ConcatNode> Virtual { get; } = [];

    /// <summary>Bytes of the arena.</summary>
    public long ArenaBytes => _arena.Bytes;

    /// <summary>Where a value lies, and its channels within the rows there.</summary>
    public (long Offset, int RowStride, int FirstChannel) Locate(Value value)
    {
        (Value root, int channel) = ValueLives.Resolve(value);
        return (_arena.Offsets[_lives[root]], RowStrideOf(root), channel);
    }

    /// <summary>Where the sums and the affine of a group normalisation lie.</summary>
    public (long Sums, long Affine) LocateNorm(FusedStep step) =>
        (_arena.Offsets[_norms[step].Sums], _arena.Offsets[_norms[step].Affine]);

    /// <summary>The normalisation whose sums a convolution makes of its result, if it does.</summary>
    public FusedStep? NormAfter(FusedStep convolution) => _normAfter.GetValueOrDefault(convolution);

    /// <summary>Whether a convolution makes the sums of a normalisation.</summary>
    public bool IsSummedBefore(FusedStep norm) => _norms[norm].IsSummedBefore;

    /// <summary>The positions of each chunk of an image that a normalisation's sums are made of.</summary>
    public int[] ChunksOf(FusedStep norm) => _norms[norm].Chunks;

    /// <summary>Whether a step is a convolution that is computed in Winograd's form.</summary>
    public bool HasWinogradForm(FusedStep step) => step.Node is Conv2dNode convolution && !Fuser.IsPointwise(convolution)
        && WinogradCut.Pays(ConvolutionShape.Of(convolution, step.Result), KeyOf(step).Form);

    /// <summary>The states that the steps write.</summary>
    public IEnumerable<State> States => PerRun.Concat(PerStep).Select(step => step.Node).OfType<AppendNode>().Select(node => node.State).Distinct();

    /// <summary>What the products of all steps read.</summary>
    public IEnumerable<PackedKey> Products => PerRun.Concat(PerStep).Where(step => step.IsProduct).Select(KeyOf);

    /// <summary>The most that a thread needs beside the arena while it works on any step.</summary>
    public long ScratchBytes => PerRun.Concat(PerStep).Select(ScratchBytesOf).DefaultIfEmpty().Max();

    /// <summary>What the product of a step reads.</summary>
    /// <remarks>A product over a single position of an image conditions everything that follows (timestep, label), and costs next to
    /// nothing: its weights keep their bits.</remarks>
    public PackedKey KeyOf(FusedStep step)
    {
        LinearWeights weights = step.Node is Conv2dNode convolution ? convolution.Weights : ((LinearNode)step.Node).Weights;
        WeightPrecision kept = weights.Precision ?? (step.Result.Positions == 1 ? WeightPrecision.AsStored : _precision);
        return new PackedKey(weights, step.IsGated ? ColumnOrder.Gated : ColumnOrder.Natural, kept);
    }

    private long ScratchBytesOf(FusedStep step)
    {
        if (!step.IsProduct)
        {
            return step.Node switch
            {
                AttentionNode node => AttentionOperation.ScratchBytesFor(node.Query.Channels / node.Heads),
                GroupNormNode or ZeroSftNode => StatisticsScratchBytes(step.Node.Operands[0].Channels),
                CachedAttentionNode node => CachedAttentionOperation.ScratchBytesFor(node.KeyState),
                _ => 0,
            };
        }

        PackedForm form = KeyOf(step).Form;
        if (step.Node is not Conv2dNode convolution || Fuser.IsPointwise(convolution))
        {
            return Math.Max(ProductScratch.Bytes(form.Depth), VectorProductOperation.ScratchBytesFor(form));
        }

        ConvolutionShape shape = ConvolutionShape.Of(convolution, step.Result);
        return HasWinogradForm(step)
            ? WinogradOperation.ScratchBytesFor(shape, form)
            : ConvolutionOperation.ScratchBytesFor(shape, form);
    }

    private static long StatisticsScratchBytes(int channels) =>
        Math.Max(NormSums.ScratchBytesFor(channels), GroupNormAffine.ScratchBytesFor(channels));

    /// <summary>Elements from a row to the next. A tile reads fourteen rows at a time: were they a multiple of 4 kB apart, all would
    /// compete for the eight places of one set of the first-level cache, so such rows get a cache line more.</summary>
    private static int RowStrideOf(Value value) =>
        value.Channels % ElementsPerCachePage == 0 ? value.Channels + ElementsPerCacheLine : value.Channels;

    private static long BytesOf(Value value) => (long)value.Rows * RowStrideOf(value) * sizeof(float);

    private static Value? SourceOf(FusedStep step) => step.Node switch
    {
        GroupNormNode norm => norm.Source,
        ZeroSftNode sft => sft.Source,
        _ => null,
    };

    /// <param name="order">All steps.</param>
    /// <param name="time">Which one.</param>
    /// <param name="summable">What convolutions before it have written and could sum while it is near, so that a normalisation need not read it for
    /// that; and when.</param>
    private void Place(FusedStep[] order, int time, Dictionary<Value, int> summable)
    {
        FusedStep step = order[time];
        if (HasWinogradForm(step) && !step.IsGated)
        {
            summable.Add(step.Result, time);
        }

        if (SourceOf(step) is Value source)
        {
            int[] chunks;
            bool isSummedBefore = summable.Remove(source, out int made);
            if (isSummedBefore)
            {
                FusedStep convolution = order[made];
                _normAfter.Add(convolution, step);
                chunks = new WinogradCut(ConvolutionShape.Of((Conv2dNode)convolution.Node, source), KeyOf(convolution).Form.Panels).PositionsOfStrips();
            }
            else
            {
                chunks = GroupNormSums.ChunksOf(source.Positions);
            }

            int sums = _lives.Add(NormSums.BytesFor(source.Batch, chunks.Length, source.Channels), isSummedBefore ? made : time);
            _lives.Keep(sums, time);
            int affine = _lives.Add(2 * AlignedMemory.Align((long)source.Batch * source.Channels * sizeof(float)), time);
            _norms.Add(step, new Statistics(sums, affine, chunks, isSummedBefore));
        }

        if (!step.IsVirtual && step.Node is not AppendNode && !(step.Node is GroupNormNode && !step.IsApplied))
        {
            _lives.Add(step.Result, BytesOf(step.Result), time);
        }
    }

    /// <summary>What a normalisation needs beside its source.</summary>
    /// <param name="Sums">The memory of its sums.</param>
    /// <param name="Affine">The memory of its affine.</param>
    /// <param name="Chunks">The positions of each chunk of an image.</param>
    /// <param name="IsSummedBefore">Whether a convolution makes the sums.</param>
    private sealed record Statistics(int Sums, int Affine, int[] Chunks, bool IsSummedBefore);
}

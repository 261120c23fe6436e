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
    private readonly Dictionary<FusedStep, (int Sums, int Affine)> _norms = [];

    /// <summary>Convolutions that sum what they write, and the normalisations that they do it for; and the other way round.</summary>
    private readonly Dictionary<FusedStep, FusedStep> _normAfter = [];
    private readonly Dictionary<FusedStep, FusedStep> _summedBy = [];
    private readonly Dictionary<FusedStep, int> _sums = [];
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

        FindSummedNorms(order);
        for (int time = 0; time < order.Length; time++)
        {
            Place(order[time], time);
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
    public bool IsSummedBefore(FusedStep norm) => _summedBy.ContainsKey(norm);

    /// <summary>The positions of each chunk of an image that a normalisation's sums are made of.</summary>
    public int[] ChunksOf(FusedStep norm) => _summedBy.TryGetValue(norm, out FusedStep? convolution)
        ? CutOf(convolution).PositionsOfStrips()
        : GroupNormSums.ChunksOf(SourceOf(norm)!.Positions);

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

        PackedForm form = FormOf(step);
        if (step.Node is not Conv2dNode convolution || Fuser.IsPointwise(convolution))
        {
            return Math.Max(ProductScratch.Bytes(form.Depth), VectorProductOperation.ScratchBytesFor(form));
        }

        ConvolutionShape shape = ConvolutionShape.Of(convolution, step.Result);
        return WinogradCut.Pays(shape, form)
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

    private PackedForm FormOf(FusedStep step)
    {
        PackedKey key = KeyOf(step);
        return PackedForm.Of(key.Weights, key.Order, key.Precision);
    }

    private WinogradCut CutOf(FusedStep convolution) =>
        new(ConvolutionShape.Of((Conv2dNode)convolution.Node, convolution.Result), FormOf(convolution).Panels);

    /// <summary>A convolution in Winograd's form can sum what it writes while that is near: a normalisation need not read it for that.</summary>
    private void FindSummedNorms(IReadOnlyList<FusedStep> order)
    {
        Dictionary<Value, FusedStep> convolutions = order.Where(SumsResult).ToDictionary(step => step.Result);
        foreach (FusedStep norm in order)
        {
            if (SourceOf(norm) is Value source && convolutions.Remove(source, out FusedStep? convolution))
            {
                _normAfter.Add(convolution, norm);
                _summedBy.Add(norm, convolution);
            }
        }
    }

    private bool SumsResult(FusedStep step) => step.Node is Conv2dNode convolution && !Fuser.IsPointwise(convolution) && !step.IsGated
        && WinogradCut.Pays(ConvolutionShape.Of(convolution, step.Result), FormOf(step));

    private void Place(FusedStep step, int time)
    {
        if (_normAfter.TryGetValue(step, out FusedStep? after))
        {
            _sums.Add(after, AddSums(after, time));
        }

        if (SourceOf(step) is Value source)
        {
            int sums = _sums.TryGetValue(step, out int made) ? made : AddSums(step, time);
            _lives.Keep(sums, time);
            long affine = 2 * AlignedMemory.Align((long)source.Batch * source.Channels * sizeof(float));
            _norms.Add(step, (sums, _lives.Add(affine, time)));
        }

        if (!step.IsVirtual && step.Node is not AppendNode && !(step.Node is GroupNormNode && !step.IsApplied))
        {
            _lives.Add(step.Result, BytesOf(step.Result), time);
        }
    }

    private int AddSums(FusedStep norm, int time)
    {
        Value source = SourceOf(norm)!;
        return _lives.Add(NormSums.BytesFor(source.Batch, ChunksOf(norm).Length, source.Channels), time);
    }
}

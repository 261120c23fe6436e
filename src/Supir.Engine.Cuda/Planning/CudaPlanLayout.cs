using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Weights;
using Supir.Engine.Graphs;
using Supir.Engine.Plans;

namespace Supir.Engine.Cuda.Planning;

/// <summary>The steps of a graph, when each runs, and where everything they write lies in the arena. Needs no GPU.</summary>
internal sealed class CudaPlanLayout
{
    private readonly Dictionary<(FusedStep, Temporary), int> _temporaries = [];
    private readonly ValueLives _lives;
    private readonly HashSet<Value> _numbers;
    private readonly HashSet<Value> _float8;
    private readonly BranchedArena _arena;

    /// <summary>Fuses and lays out a graph.</summary>
    public CudaPlanLayout(Graph graph, DeviceCapabilities device)
    {
        Device = device;
        IReadOnlyList<FusedStep> steps = TokenFusion.Join(Fuser.Fuse(graph, normalizesInConvolutions: false), graph, device.Type, IsVectorProduct);
        PerRun = [.. steps.Where(step => step.Result.IsPerRun)];
        PerStep = [.. steps.Where(step => !step.Result.IsPerRun)];
        FusedStep[] order = [.. PerRun, .. PerStep];
        foreach (FusedStep step in order.Where(step => step.IsVirtual))
        {
            Virtual.Add(step.Result, (ConcatNode)step.Node);
        }

        _numbers = NumbersOf(graph);
        _float8 = ProductForms.Float8Values(order, graph, device);
        _lives = new ValueLives(PerRun.Count, Virtual);
        foreach (Value input in graph.Inputs.Values)
        {
            _lives.AddInput(input, BytesOf(input));
        }

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
        }

        foreach (Value output in graph.Outputs.Values)
        {
            _lives.Keep(output, int.MaxValue);
        }

        Branch = device.ResidentWeightBytes is null ? ParallelBranch.Find(PerStep) : null;
        _arena = Branch is (int first, int end)
            ? new BranchedArena(_lives.Requests, PerRun.Count, PerRun.Count + first, PerRun.Count + end)
            : new BranchedArena(_lives.Requests, order.Length, order.Length, order.Length);
        Others = [.. order.SelectMany(OthersOf).Distinct()];
        Streams = new WeightStreams(MatricesOf(PerRun), MatricesOf(PerStep), Others.Sum(key => key.Bytes), device.ResidentWeightBytes);
    }

    /// <summary>What the layout counts on.</summary>
    public DeviceCapabilities Device { get; }

    /// <summary>Steps that run once a run.</summary>
    public IReadOnlyList<FusedStep> PerRun { get; }

    /// <summary>Steps that run every time.</summary>
    public IReadOnlyList<FusedStep> PerStep { get; }

    /// <summary>Concatenations that are never written.</summary>
    public Dictionary<Value, ConcatNode> Virtual { get; } = [];

    /// <summary>Bytes of the arena.</summary>
    public long ArenaBytes => _arena.Bytes;

    /// <summary>Steps of <see cref="PerStep"/> that run side by side; none where memory is short, as they need more of it.</summary>
    public ParallelBranch? Branch { get; }

    /// <summary>Which matrices stay on the GPU.</summary>
    public WeightStreams Streams { get; }

    /// <summary>The states that the steps write.</summary>
    public IEnumerable<State> States => PerRun.Concat(PerStep)
        .SelectMany(step => step.Appended is AppendedRows rows ? [rows.Keys.State, rows.Values.State] : step.Node is AppendNode node ? new[] { node.State } : [])
        .Distinct();

    /// <summary>Weights that are no matrices of products: vectors of normalisations, tables.</summary>
    public IReadOnlyList<WeightKey> Others { get; }

    /// <summary>Bytes of weights that stay on the GPU.</summary>
    public long ResidentBytes => Streams.Resident.Sum(key => key.Bytes) + Others.Sum(key => key.Bytes);

    /// <summary>The number format of a value: ids, indices and timesteps stay single, which half precision cannot hold exactly.</summary>
    public DType TypeOf(Value value) =>
        _numbers.Contains(value) ? DType.Float32 : _float8.Contains(value) ? DType.Float8E4M3 : Device.Type;

    /// <summary>The form in which a product meets its weights.</summary>
    public ProductForm FormOf(FusedStep step) => ProductForms.Of(step, _float8.Contains(step.Node.Operands[0]), Device);

    /// <summary>Whether a step is a product of a single row whose weights stay in 4 or 8 bits until they are in a register.</summary>
    public bool IsVectorProduct(FusedStep step) =>
        step.Node is LinearNode { Source.Rows: 1 } && ProductForms.Of(step, hasFloat8Source: false, Device) is ProductForm.FourBit or ProductForm.Widened;

    /// <summary>The matrix of a product.</summary>
    public MatrixKey MatrixOf(FusedStep step)
    {
        LinearWeights weights = ProductForms.WeightsOf(step);
        DType stored = FormOf(step) switch { ProductForm.Widened or ProductForm.FourBit => DType.Int8, ProductForm.Float8 => DType.Float8E4M3, _ => Device.Type };
        bool isPadded = step.Node is Conv2dNode node && ConvolutionPaths.Choose(node, Device) == ConvolutionPath.Library;
        return isPadded
            ? new MatrixKey(weights, Device.Type, stored, Temporaries.Padded(weights.InChannels), step.IsGated ? weights.OutChannels : Temporaries.Padded(weights.OutChannels))
            : new MatrixKey(weights, Device.Type, stored, weights.InChannels, weights.OutChannels) { IsFourBit = FormOf(step) == ProductForm.FourBit };
    }

    /// <summary>Bytes from the first row of a value in 8-bit floats to the rows' scales.</summary>
    public static long ScalesOffset(Value value) => (value.Shape.ElementCount + WeightKey.Alignment - 1) & -WeightKey.Alignment;

    /// <summary>Where a value lies, and its channels within the rows there.</summary>
    public (long Offset, int RowStride, int FirstChannel) Locate(Value value)
    {
        (Value root, int channel) = ValueLives.Resolve(value);
        return (_arena.Offsets[_lives[root]], root.Channels, channel);
    }

    /// <summary>Where a temporary lies, or <c>null</c> where the step has none of the kind.</summary>
    public long? Locate(FusedStep step, Temporary kind) =>
        _temporaries.TryGetValue((step, kind), out int request) ? _arena.Offsets[request] : null;

    /// <summary>Inputs that only say which or how much: read by look-ups, timesteps and scales, and by nothing else.</summary>
    private static HashSet<Value> NumbersOf(Graph graph)
    {
        HashSet<Value> numbers = [];
        HashSet<Value> others = [];
        foreach (Node node in graph.Values.Select(value => value.Producer))
        {
            foreach (Value operand in node.Operands)
            {
                bool isNumber = node switch
                {
                    GatherNode or TimestepEmbeddingNode => true,
                    SelectRowNode select => operand == select.Index,
                    RopeNode rope => operand == rope.Position && operand != rope.Source,
                    AppendNode append => operand == append.Position && operand != append.Source,
                    CachedAttentionNode attention => operand == attention.Position && operand != attention.Query,
                    AddScaledNode add => operand == add.Scale && operand != add.First && operand != add.Second,
                    ZeroSftNode sft => operand == sft.Scale && operand != sft.Source && operand != sft.Raw,
                    _ => false,
                };
                (isNumber && operand.Producer is InputNode ? numbers : others).Add(operand);
            }
        }

        numbers.ExceptWith(others);
        return numbers;
    }

    private IEnumerable<WeightKey> OthersOf(FusedStep step) => step.Node switch
    {
        GroupNormNode node => [new RowsKey(node.Gamma, DType.Float32), new RowsKey(node.Beta, DType.Float32)],
        ZeroSftNode node => [new RowsKey(node.Gamma, DType.Float32), new RowsKey(node.Beta, DType.Float32)],
        LayerNormNode node => [new RowsKey(node.Gamma, DType.Float32), new RowsKey(node.Beta, DType.Float32)],
        LinearNode when step.Norm is RmsNormNode norm => [new RowsKey(norm.Gamma, DType.Float32)],
        RmsNormNode node => [new RowsKey(node.Gamma, DType.Float32)],
        RopeNode node => [new RowsKey(Kernels.Language.Frequencies(node), DType.Float32)],
        CachedAttentionNode when step.Appended is AppendedRows rows => [new RowsKey(Kernels.Language.Frequencies(rows.Rope), DType.Float32)],
        GatherNode node => [new RowsKey(node.Table, Device.Type), new RowsKey(node.Positions, DType.Float32)],
        _ => [],
    };

    private IReadOnlyList<(FusedStep Step, MatrixKey Key)> MatricesOf(IEnumerable<FusedStep> steps) =>
        [.. steps.Where(step => step.IsProduct).Select(step => (step, MatrixOf(step)))];

    private long BytesOf(Value value) =>
        _float8.Contains(value) ? ScalesOffset(value) + ((long)value.Rows * sizeof(float)) : value.Shape.ElementCount * TypeOf(value).SizeInBytes;

    private void Place(FusedStep step, int time)
    {
        foreach ((Temporary kind, long bytes) in Temporaries.Of(step, Device))
        {
            _temporaries.Add((step, kind), _lives.Add(bytes, time));
        }

        if (step.IsProduct && FormOf(step) is ProductForm.Widened or ProductForm.FourBit && step.Node.Operands[0].Rows > 1)
        {
            MatrixKey key = MatrixOf(step);
            _temporaries.Add((step, Temporary.WidenedWeights), _lives.Add((long)key.PaddedOutputs * key.Depth * Device.Type.SizeInBytes, time));
        }

        if (!step.IsVirtual && step.Node is not AppendNode)
        {
            _lives.Add(step.Result, BytesOf(step.Result), time);
        }
    }
}

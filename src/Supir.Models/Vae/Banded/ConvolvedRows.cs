using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.Vae.Banded;

/// <summary>Rows that a convolution makes of other rows when they are asked for; nothing is kept.</summary>
/// <remarks>Reads as many rows beyond those asked for as the kernel reaches, so that a band is what it would be in the whole image.</remarks>
internal sealed class ConvolvedRows : IRows, IDisposable
{
    private const string Source = "source";
    private const string Residual = "residual";
    private const string Result = "result";

    private readonly IBackend _backend;
    private readonly PlanOptions _options;
    private readonly Action<IPlan, Graph> _run;
    private readonly IRows _source;
    private readonly Conv2d _convolution;
    private readonly bool _afterSilu;
    private readonly IRows? _residual;
    private readonly Conv2d? _shortcut;
    private readonly FloatBuffer _sourceRows = new();
    private readonly FloatBuffer _residualRows = new();
    private readonly FloatBuffer _resultRows = new();
    private (Extent Extent, Graph Graph, IPlan Plan)? _compiled;

    /// <summary>Describes the rows.</summary>
    /// <param name="backend">What computes.</param>
    /// <param name="options">How plans are compiled.</param>
    /// <param name="run">Runs a plan.</param>
    /// <param name="source">The rows that the convolution reads.</param>
    /// <param name="convolution">The convolution.</param>
    /// <param name="afterSilu">Whether SiLU comes before it.</param>
    /// <param name="residual">What is added, or <c>null</c>.</param>
    /// <param name="shortcut">A 1×1 convolution of what is added, or <c>null</c>.</param>
    public ConvolvedRows(
        IBackend backend, PlanOptions options, Action<IPlan, Graph> run, IRows source, Conv2d convolution, bool afterSilu,
        IRows? residual = null, Conv2d? shortcut = null)
    {
        _backend = backend;
        _options = options;
        _run = run;
        _source = source;
        _convolution = convolution;
        _afterSilu = afterSilu;
        _residual = residual;
        _shortcut = shortcut;
        Height = Length(source.Height, convolution.Options.PadTop + convolution.Options.PadBottom);
        Width = Length(source.Width, convolution.Options.PadLeft + convolution.Options.PadRight);
    }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Channels => _convolution.OutChannels;

    private int Scale => _convolution.Options.UpsampleNearest2x ? 2 : 1;

    /// <inheritdoc/>
    public long NeedOf(int count)
    {
        // Of the bands, those at the top, in the middle and at the bottom differ.
        long most = 0;
        foreach (int first in new[] { 0, Math.Min(count, Height - count), Height - count }.Distinct())
        {
            Extent extent = Reach(first, count).Extent;
            Graph graph = Describe(extent);
            long source = (long)extent.SourceRows * _source.Width * _source.Channels;
            long residual = _residual is null ? 0 : (long)count * _residual.Width * _residual.Channels;
            long buffers = (source + residual + graph.Outputs[Result].Shape.ElementCount) * sizeof(float);
            long reading = Math.Max(_source.NeedOf(extent.SourceRows), _residual?.NeedOf(count) ?? 0);
            most = Math.Max(most, buffers + reading + _backend.Measure(graph, _options).TotalBytes);
        }

        return most;
    }

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination)
    {
        int rowLength = Width * Channels;
        int count = destination.Length / rowLength;
        (int start, int skipped, Extent extent) = Reach(first, count);
        (Graph graph, IPlan plan) = Compile(extent);

        Span<float> source = _sourceRows.Of((long)extent.SourceRows * _source.Width * _source.Channels);
        _source.Read(start, source);
        plan.SetInput(Source, source);
        if (_residual is not null)
        {
            Span<float> residual = _residualRows.Of((long)count * _residual.Width * _residual.Channels);
            _residual.Read(first, residual);
            plan.SetInput(Residual, residual);
        }

        _run(plan, graph);
        Span<float> result = _resultRows.Of(graph.Outputs[Result].Shape.ElementCount);
        plan.GetOutput(Result, result);
        result.Slice(skipped * rowLength, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _compiled?.Plan.Dispose();
        _compiled = null;
        _sourceRows.Dispose();
        _residualRows.Dispose();
        _resultRows.Dispose();
    }

    private int Length(int sourceLength, int padding) =>
        (((sourceLength * Scale) + padding - _convolution.KernelSize) / _convolution.Options.Stride) + 1;

    /// <summary>Which rows of the source are read for some of the result, and how many rows come out before the first that is wanted.</summary>
    private (int Start, int Skipped, Extent Extent) Reach(int first, int count)
    {
        Conv2dOptions options = _convolution.Options;
        int seenRows = _source.Height * Scale;
        int low = (first * options.Stride) - options.PadTop;
        int high = ((first + count - 1) * options.Stride) - options.PadTop + _convolution.KernelSize;
        int padTop = Math.Max(0, -low);
        int padBottom = Math.Max(0, high - seenRows);
        low = Math.Max(0, low);
        high = Math.Min(seenRows, high);

        // A doubled row comes as a pair: half a pair too many gives one row of the result too many.
        int start = low / Scale;
        int end = (high + Scale - 1) / Scale;
        return (start, low - (start * Scale), new Extent(end - start, count, padTop, padBottom));
    }

    private (Graph Graph, IPlan Plan) Compile(Extent extent)
    {
        if (_compiled is (Extent known, Graph knownGraph, IPlan knownPlan) && known == extent)
        {
            return (knownGraph, knownPlan);
        }

        Graph g = Describe(extent);

        // The new plan first: so the packed weights stay.
        IPlan plan = _backend.Compile(g, _options);
        _compiled?.Plan.Dispose();
        _compiled = (extent, g, plan);
        return (g, plan);
    }

    private Graph Describe(Extent extent)
    {
        Graph g = new();
        Value source = g.Input(Source, new Shape(1, extent.SourceRows, _source.Width, _source.Channels));
        Value h = _convolution.Forward(
            g, _afterSilu ? g.Silu(source) : source, _convolution.Options with { PadTop = extent.PadTop, PadBottom = extent.PadBottom });
        if (_residual is not null)
        {
            Value residual = g.Input(Residual, new Shape(1, extent.ResultRows, _residual.Width, _residual.Channels));
            h = g.Add(h, _shortcut?.Forward(g, residual) ?? residual);
        }

        g.Output(Result, h);
        return g;
    }

    private readonly record struct Extent(int SourceRows, int ResultRows, int PadTop, int PadBottom);
}

using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Testing;

/// <summary>The cases of the op table that a language model's layers are made of.</summary>
internal static class LanguageOpCases
{
    /// <summary>All of them.</summary>
    public static IEnumerable<OpCase> All() => [.. RowByRow(), .. Attentions(), .. Products(), .. StoredProducts(), DecoderLayer(), .. TokenLayers()];

    private static IEnumerable<OpCase> RowByRow()
    {
        foreach (int channels in new[] { 1, 7, 16, 33, 320 })
        {
            yield return new OpCase($"rmsnorm {channels}", (g, w) =>
                g.Output("y", g.RmsNorm(g.Input("x", new Shape(1, 5, 3, channels)), w.Next(new Shape(channels)), 1e-5f)))
            { Amplification = 10 };
            yield return new OpCase($"swiglu {channels}", (g, _) => g.Output("y", g.Swiglu(g.Input("x", new Shape(2, 3, 5, 2 * channels)))));
        }

        foreach ((int rows, int heads, int depth) in new[] { (1, 1, 2), (5, 3, 10), (40, 2, 64) })
        {
            yield return new OpCase($"rope {rows}x{heads} d{depth}", (g, _) => g.Output("y", g.Rope(
                g.Input("x", new Shape(1, rows, 1, heads * depth)), g.Input("index", new Shape(1, 1, 1, 1)), heads, 10000f)));
        }

        yield return new OpCase("rope over a slice", (g, _) => g.Output("y", g.Rope(
            g.Slice(g.Input("x", new Shape(1, 4, 1, 40)), 8, 24), g.Input("index", new Shape(1, 1, 1, 1)), 3, 100f)));
    }

    private static IEnumerable<OpCase> Attentions()
    {
        foreach ((int rows, int heads, int depth, int past, DType type) in new[]
        {
            (1, 1, 1, 5, DType.Float32), (1, 3, 16, 7, DType.Float32), (4, 2, 40, 9, DType.Float32), (1, 2, 128, 300, DType.Float32),
            (1, 2, 128, 77, DType.Float16), (9, 3, 13, 5, DType.Float16),
        })
        {
            yield return new OpCase($"cached attention {rows}x{heads} d{depth} after {past} in {type}", (g, _) =>
            {
                State keys = new("keys", past + rows, heads, depth, type);
                State values = new("values", past + rows, heads, depth, type);
                Value position = g.Input("index", new Shape(1, 1, 1, 1));
                Shape shape = new(1, rows, 1, heads * depth);
                Shape before = new(1, past, 1, heads * depth);
                Value start = Zero(g);
                g.Append(keys, g.Input("past keys", before), start);
                g.Append(values, g.Input("past values", before), start);
                Value k = g.Append(keys, g.Input("k", shape), position);
                Value v = g.Append(values, g.Input("v", shape), position);
                g.Output("y", g.CachedAttention(g.Input("q", shape), k, v, position));
            });
        }
    }

    private static IEnumerable<OpCase> Products()
    {
        foreach (DType type in new[] { DType.Float16, DType.Int8 })
        {
            foreach ((int depth, int channels) in new[] { (1, 1), (5, 33), (63, 32), (64, 70), (129, 31) })
            {
                yield return new OpCase($"vector product {depth}x{channels} {type}", (g, w) => g.Output("y", g.Add(
                    g.Input("residual", new Shape(1, 1, 1, channels)),
                    g.Silu(g.Linear(g.Input("x", new Shape(1, 1, 1, depth)), w.NextLinear(new Shape(channels, depth), type))))));
            }
        }

        // Weights that 4 and 8 bits hold exactly, so that the definition holds for them too: whole numbers times one factor.
        foreach (WeightPrecision precision in new[] { WeightPrecision.FourBit, WeightPrecision.EightBit })
        {
            foreach ((int rows, int depth, int channels) in new[] { (1, 64, 32), (1, 200, 70), (1, 1, 1), (1, 1030, 65), (17, 64, 33), (9, 130, 65) })
            {
                yield return new OpCase($"{precision} product {rows}x{depth}x{channels}", (g, w) => g.Output("y", g.Linear(
                    g.Input("x", new Shape(1, rows, 1, depth)), Exact(w, channels, depth, precision))));
            }
        }
    }

    /// <summary>Products with matrices that a file has in 4 or 8 bits, which is how they stay.</summary>
    private static IEnumerable<OpCase> StoredProducts()
    {
        foreach ((DType type, WeightPrecision precision) in new[] { (DType.Int4, WeightPrecision.FourBit), (DType.Int8, WeightPrecision.EightBit) })
        {
            foreach ((int rows, int depth, int channels) in new[] { (1, 64, 33), (1, 320, 70), (17, 64, 31), (9, 192, 65) })
            {
                yield return new OpCase($"{precision} product {rows}x{depth}x{channels} of {type}", (g, w) => g.Output("y", g.Linear(
                    g.Input("x", new Shape(1, rows, 1, depth)),
                    new LinearWeights([w.Next(new Shape(channels, depth), type), w.Next(new Shape(7, depth), type)], []) { Precision = precision })));
            }
        }
    }

    /// <summary>A layer of LLaMA: everything together, after a past.</summary>
    private static OpCase DecoderLayer() => new("decoder layer", (g, w) =>
    {
        const int Heads = 2;
        const int Width = 32;
        State keys = new("keys", 12, Heads, Width / Heads);
        State values = new("values", 12, Heads, Width / Heads);
        Value position = g.Input("index", new Shape(1, 1, 1, 1));
        Value start = Zero(g);
        g.Append(keys, g.Input("past keys", new Shape(1, 6, 1, Width)), start);
        g.Append(values, g.Input("past values", new Shape(1, 6, 1, Width)), start);
        Value x = g.Input("x", new Shape(1, 1, 1, Width));
        Value qkv = g.Linear(g.RmsNorm(x, w.Next(new Shape(Width)), 1e-5f), Exact(w, 3 * Width, Width, WeightPrecision.FourBit));
        Value turned = g.Rope(g.Slice(qkv, 0, 2 * Width), position, 2 * Heads, 10000f);
        Value k = g.Append(keys, g.Slice(turned, Width, Width), position);
        Value v = g.Append(values, g.Slice(qkv, 2 * Width, Width), position);
        Value h = g.Add(x, g.Linear(g.CachedAttention(g.Slice(turned, 0, Width), k, v, position), Exact(w, Width, Width, WeightPrecision.EightBit)));
        Value hidden = g.Swiglu(g.Linear(g.RmsNorm(h, w.Next(new Shape(Width)), 1e-5f), w.NextLinear(new Shape(88, Width), hasBias: false)));
        g.Output("y", g.Add(h, g.Linear(hidden, w.NextLinear(new Shape(Width, 44), hasBias: false))));
    })
    { Amplification = 10 };

    /// <summary>Layers as models have them, all of one precision: what a GPU joins for a single row, and what it leaves apart.</summary>
    private static IEnumerable<OpCase> TokenLayers()
    {
        foreach ((WeightPrecision precision, int width, int heads, int hidden, int past) in new[]
        {
            (WeightPrecision.FourBit, 128, 2, 168, 6), (WeightPrecision.FourBit, 320, 5, 440, 70), (WeightPrecision.FourBit, 128, 1, 100, OpTable.IndexRange - 1),
            (WeightPrecision.FourBit, 72, 3, 40, 33), (WeightPrecision.EightBit, 128, 2, 168, 6), (WeightPrecision.EightBit, 40, 5, 33, OpTable.IndexRange - 1),
        })
        {
            yield return new OpCase($"layer of one token in {precision}, {width} channels, {heads} heads, {hidden} hidden, after {past}", (g, w) =>
            {
                State keys = new("keys", past + 3, heads, width / heads);
                State values = new("values", past + 3, heads, width / heads);
                Value position = g.Input("index", new Shape(1, 1, 1, 1));
                Value start = Zero(g);
                g.Append(keys, g.Input("past keys", new Shape(1, past, 1, width)), start);
                g.Append(values, g.Input("past values", new Shape(1, past, 1, width)), start);
                Value x = g.Input("x", new Shape(1, 1, 1, width));
                Value qkv = g.Linear(g.RmsNorm(x, w.Next(new Shape(width)), 1e-5f), Exact(w, 3 * width, width, precision));
                Value turned = g.Rope(g.Slice(qkv, 0, 2 * width), position, 2 * heads, 10000f);
                Value k = g.Append(keys, g.Slice(turned, width, width), position);
                Value v = g.Append(values, g.Slice(qkv, 2 * width, width), position);
                Value h = g.Add(x, g.Linear(g.CachedAttention(g.Slice(turned, 0, width), k, v, position), Exact(w, width, width, precision)));
                Value inner = g.Swiglu(g.Linear(g.RmsNorm(h, w.Next(new Shape(width)), 1e-5f), Exact(w, 2 * hidden, width, precision)));
                g.Output("y", g.Add(h, g.Linear(inner, Exact(w, width, hidden, precision))));
            })
            { Amplification = 10 };
        }
    }

    /// <summary>A matrix of whole numbers whose extreme is in each 64 inputs of each output, times a power of two.</summary>
    private static LinearWeights Exact(RandomWeights weights, int channels, int depth, WeightPrecision precision)
    {
        const int GroupRows = 64;
        float[] numbers = weights.Next(new Shape(channels, depth)).ToFloats();
        float largest = numbers.Max(MathF.Abs);
        int extreme = precision == WeightPrecision.FourBit ? -8 : 127;
        for (int i = 0; i < numbers.Length; i++)
        {
            bool isFirstOfGroup = i % depth % GroupRows == 0;
            float whole = isFirstOfGroup ? extreme : MathF.Round(numbers[i] / largest * 7);
            numbers[i] = whole / (precision == WeightPrecision.FourBit ? 64 : 1024);
        }

        return new LinearWeights(Weight.FromFloats("exact", new Shape(channels, depth), numbers)) { Precision = precision };
    }

    private static Value Zero(Graph g) => g.Linear(g.Input("any", new Shape(1, 1, 1, 1)), new LinearWeights(Weight.FromFloats("zero", new Shape(1, 1), [0f])));
}

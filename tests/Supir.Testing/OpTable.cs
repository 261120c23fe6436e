using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Testing;

/// <summary>Every operation, on sizes around the widths of vectors, tiles and panels. Each backend runs the whole table against the scalar one.</summary>
/// <remarks>To add an operation, add its method here: nothing else needs to know.</remarks>
public static class OpTable
{
    /// <summary>Rows of every table that "ids" look into.</summary>
    public const int TableRows = 37;

    /// <summary>Every "index" is below this, and every indexed value at least as long.</summary>
    public const int IndexRange = 5;

    /// <summary>All cases.</summary>
    public static IReadOnlyList<OpCase> Cases { get; } =
    [
        .. Linears(), .. StoredFormats(), .. Convolutions(), .. Norms().Select(item => item with { Amplification = 10 }), .. Attentions(), .. Elementwise(), .. Fusions(), .. Text(), .. LanguageOpCases.All(),
    ];

    private static IEnumerable<OpCase> Linears()
    {
        foreach ((int rows, int depth, int channels) in new[]
        {
            (1, 1, 1), (2, 3, 5), (13, 31, 32), (14, 32, 33), (15, 33, 31), (29, 64, 64), (100, 7, 96), (449, 40, 65), (911, 24, 130),
        })
        {
            yield return new OpCase($"linear {rows}x{depth}x{channels}", (g, w) =>
                g.Output("y", g.Linear(g.Input("x", new Shape(1, rows, 1, depth)), w.NextLinear(new Shape(channels, depth)))));
        }

        yield return new OpCase("linear of rows a page long", (g, w) => g.Output("y", g.Silu(g.Linear(
            g.Linear(g.Input("x", new Shape(1, 30, 1, 1024)), w.NextLinear(new Shape(2048, 1024))), w.NextLinear(new Shape(1024, 2048))))));
        yield return new OpCase("linear stacked, some without bias", (g, w) => g.Output("y", g.Linear(
            g.Input("x", new Shape(2, 5, 3, 20)),
            new LinearWeights([w.Next(new Shape(17, 20)), w.Next(new Shape(30, 20)), w.Next(new Shape(1, 20))], [w.Next(new Shape(17)), null, w.Next(new Shape(1))]))));
        yield return new OpCase("linear transposed", (g, w) => g.Output("y", g.Linear(
            g.Input("x", new Shape(3, 1, 1, 19)), new LinearWeights(w.Next(new Shape(19, 45)), isTransposed: true))));
    }

    /// <summary>The formats that any weight can be stored in; in 4 bits only matrices are.</summary>
    private static IEnumerable<DType> StoredTypes => Enum.GetValues<DType>().Where(type => type != DType.Int4);

    private static IEnumerable<OpCase> StoredFormats()
    {
        foreach (DType type in StoredTypes)
        {
            yield return new OpCase($"linear {type}", (g, w) =>
                g.Output("y", g.Linear(g.Input("x", new Shape(1, 9, 1, 50)), w.NextLinear(new Shape(70, 50), type))));
            yield return new OpCase($"conv {type}", (g, w) =>
                g.Output("y", g.Conv2d(g.Input("x", new Shape(1, 4, 5, 6)), w.NextLinear(new Shape(40, 6, 3, 3), type), Conv2dOptions.SameSize)));
            yield return new OpCase($"conv of tiles {type}", (g, w) =>
                g.Output("y", g.Conv2d(g.Input("x", new Shape(1, 9, 13, 21)), w.NextLinear(new Shape(40, 21, 3, 3), type), Conv2dOptions.SameSize)));
            yield return new OpCase($"linear transposed {type}", (g, w) => g.Output("y", g.Linear(
                g.Input("x", new Shape(1, 3, 1, 21)), new LinearWeights(w.Next(new Shape(21, 34), type), isTransposed: true))));
        }

        yield return new OpCase("linear of mixed formats", (g, w) => g.Output("y", g.Linear(
            g.Input("x", new Shape(1, 6, 1, 18)),
            new LinearWeights([w.Next(new Shape(5, 18), DType.Int8), w.Next(new Shape(40, 18), DType.Float16)], []))));
        yield return new OpCase("linear Int4", (g, w) => g.Output("y", g.Linear(g.Input("x", new Shape(1, 9, 1, 320)), w.NextLinear(new Shape(70, 320), DType.Int4))));
        yield return new OpCase("linear of mixed formats with Int4", (g, w) => g.Output("y", g.Linear(
            g.Input("x", new Shape(1, 6, 1, 64)),
            new LinearWeights([w.Next(new Shape(5, 64), DType.Int4), w.Next(new Shape(40, 64), DType.Float16), w.Next(new Shape(3, 64), DType.Int8)], []))));
    }

    private static IEnumerable<OpCase> Convolutions()
    {
        (string Name, Conv2dOptions Options)[] kinds =
        [
            ("same size", Conv2dOptions.SameSize), ("half size", Conv2dOptions.HalfSize),
            ("half size padded at end", Conv2dOptions.HalfSizePaddedAtEnd), ("double size", Conv2dOptions.DoubleSize),
            ("unpadded", Conv2dOptions.Pointwise),
        ];
        foreach ((string name, Conv2dOptions options) in kinds)
        {
            foreach ((int batch, int height, int width, int source, int target) in new[]
            {
                (1, 3, 3, 1, 1), (2, 5, 7, 3, 4), (1, 16, 14, 9, 33), (2, 9, 31, 32, 65), (1, 33, 15, 20, 31),
            })
            {
                yield return new OpCase($"conv {name} {batch}x{height}x{width} {source}->{target}", (g, w) => g.Output("y", g.Conv2d(
                    g.Input("x", new Shape(batch, height, width, source)), w.NextLinear(new Shape(target, source, 3, 3)), options)));
            }
        }

        yield return new OpCase("conv 1x1", (g, w) => g.Output("y", g.Conv2d(
            g.Input("x", new Shape(2, 3, 5, 17)), w.NextLinear(new Shape(35, 17, 1, 1)), Conv2dOptions.Pointwise)));
        yield return new OpCase("conv 1x1 of stride 2", (g, w) => g.Output("y", g.Conv2d(
            g.Input("x", new Shape(1, 5, 6, 10)), w.NextLinear(new Shape(12, 10, 1, 1)), new Conv2dOptions(2, 0, 0, 0, 0))));
        yield return new OpCase("conv 1x1 position", (g, w) => g.Output("y", g.Conv2d(
            g.Input("x", new Shape(1, 1, 1, 4)), w.NextLinear(new Shape(5, 4, 3, 3)), Conv2dOptions.SameSize)));
        foreach ((string name, Conv2dOptions options, int width) in new[]
        {
            ("same size", Conv2dOptions.SameSize, 37), ("half size", Conv2dOptions.HalfSize, 75),
            ("half size padded at end", Conv2dOptions.HalfSizePaddedAtEnd, 76), ("double size", Conv2dOptions.DoubleSize, 19),
        })
        {
            // Rows so long that they are cut, too; and sums so long that single precision shows.
            yield return new OpCase($"conv {name} of long rows", (g, w) => g.Output("y", g.Conv2d(
                g.Input("x", new Shape(1, 4, width, 2400)), w.NextLinear(new Shape(3, 2400, 3, 3)), options)))
            { Amplification = 2 };
        }

        foreach ((string name, Conv2dOptions options, int batch, int height, int width, int source, int target) in new[]
        {
            ("same size", Conv2dOptions.SameSize, 3, 9, 10, 345, 70), ("double size", Conv2dOptions.DoubleSize, 1, 5, 6, 330, 37),
            ("unpadded", Conv2dOptions.Pointwise, 2, 11, 8, 321, 33), ("same size", Conv2dOptions.SameSize, 1, 8, 8, 656, 704),
        })
        {
            // Channels enough to be added up in parts, and more panels than keep their sums at a time.
            yield return new OpCase($"conv {name} of many channels {batch}x{height}x{width} {source}->{target}", (g, w) => g.Output("y", g.Conv2d(
                g.Input("x", new Shape(batch, height, width, source)), w.NextLinear(new Shape(target, source, 3, 3), DType.Float16), options)))
            { Amplification = 2 };
        }

        yield return new OpCase("conv of many tiles", (g, w) => g.Output("y", g.Conv2d(
            g.Input("x", new Shape(2, 61, 130, 17)), w.NextLinear(new Shape(5, 17, 3, 3)), Conv2dOptions.SameSize)));

        yield return new OpCase("conv many rows", (g, w) => g.Output("y", g.Conv2d(
            g.Input("x", new Shape(1, 150, 5, 8)), w.NextLinear(new Shape(8, 8, 3, 3)), Conv2dOptions.SameSize)));
    }

    private static IEnumerable<OpCase> Norms()
    {
        foreach ((int batch, int height, int width, int channels, int groups) in new[]
        {
            (1, 1, 1, 4, 1), (2, 3, 5, 12, 4), (1, 65, 7, 32, 32), (3, 40, 33, 96, 32), (1, 2, 2, 17, 17),
        })
        {
            yield return new OpCase($"groupnorm {batch}x{height}x{width}x{channels}/{groups}", (g, w) =>
                g.Output("y", g.GroupNorm(g.Input("x", new Shape(batch, height, width, channels)), w.Next(new Shape(channels)), w.Next(new Shape(channels)), groups, 1e-5f)));
            yield return new OpCase($"groupnorm silu conv {batch}x{height}x{width}x{channels}/{groups}", (g, w) =>
            {
                Value x = g.Input("x", new Shape(batch, height, width, channels));
                Value h = g.Silu(g.GroupNorm(x, w.Next(new Shape(channels)), w.Next(new Shape(channels)), groups, 1e-6f));
                g.Output("y", g.Conv2d(h, w.NextLinear(new Shape(channels + 1, channels, 3, 3)), Conv2dOptions.SameSize));
            });
        }

        yield return new OpCase("groupnorm read by a convolution and by others", (g, w) =>
        {
            Value h = g.Silu(g.GroupNorm(g.Input("x", new Shape(2, 6, 5, 24)), w.Next(new Shape(24)), w.Next(new Shape(24)), 8, 1e-5f));
            g.Output("conv", g.Conv2d(h, w.NextLinear(new Shape(9, 24, 3, 3)), Conv2dOptions.HalfSize));
            g.Output("linear", g.Linear(h, w.NextLinear(new Shape(7, 24))));
        });
        foreach ((int batch, int height, int width, int channels, int groups) in new[]
        {
            (1, 8, 8, 32, 32), (2, 37, 29, 40, 8), (1, 21, 530, 24, 8), (3, 9, 66, 33, 11),
        })
        {
            yield return new OpCase($"groupnorm of a convolution {batch}x{height}x{width}x{channels}/{groups}", (g, w) =>
            {
                Value h = g.Conv2d(g.Input("x", new Shape(batch, height, width, 16)), w.NextLinear(new Shape(channels, 16, 3, 3)), Conv2dOptions.SameSize);
                g.Output("y", g.GroupNorm(h, w.Next(new Shape(channels)), w.Next(new Shape(channels)), groups, 1e-5f));
                g.Output("other", g.GroupNorm(h, w.Next(new Shape(channels)), w.Next(new Shape(channels)), 1, 1e-6f));
                g.Output("conv", h);
            });
        }

        yield return new OpCase("groupnorm of a convolution with all that is added to it, doubled, in two parts", (g, w) =>
        {
            Value x = g.Input("x", new Shape(2, 11, 9, 16));
            Value h = g.Conv2d(x, w.NextLinear(new Shape(24, 16, 3, 3)), Conv2dOptions.DoubleSize);
            Value vector = g.Linear(g.Input("vector", new Shape(2, 1, 1, 8)), w.NextLinear(new Shape(24, 8)));
            h = g.Add(g.Silu(g.Add(h, vector)), g.Input("residual", new Shape(2, 22, 18, 24)));
            g.Output("y", g.GroupNorm(h, w.Next(new Shape(24)), w.Next(new Shape(24)), 6, 1e-5f));
            g.Output("both", g.GroupNorm(g.Concat(h, g.Input("beside", new Shape(2, 22, 18, 8))), w.Next(new Shape(32)), w.Next(new Shape(32)), 8, 1e-5f));
        });
        yield return new OpCase("groupnorm of a gated convolution", (g, w) =>
        {
            Value h = g.Geglu(g.Conv2d(g.Input("x", new Shape(1, 9, 10, 16)), w.NextLinear(new Shape(80, 16, 3, 3)), Conv2dOptions.SameSize));
            g.Output("y", g.GroupNorm(h, w.Next(new Shape(40)), w.Next(new Shape(40)), 8, 1e-5f));
        });
        yield return new OpCase("groupnorm far from zero", (g, w) =>
        {
            Value far = g.Add(g.Input("x", new Shape(1, 9, 9, 16)), g.Linear(g.Input("shift", new Shape(1, 1, 1, 1)), new LinearWeights(w.Next(new Shape(16, 1)), w.Next(new Shape(16)))));
            g.Output("y", g.GroupNorm(far, w.Next(new Shape(16)), w.Next(new Shape(16)), 4, 1e-5f));
        });
        yield return new OpCase("groupnorm of numbers close to each other", (g, w) =>
        {
            // A level for each image and channel, and a spread that is small beside it.
            Value spread = g.Linear(g.Input("x", new Shape(2, 3, 3, 1)), new LinearWeights(Engine.Weights.Weight.FromFloats("spread", new Shape(8, 1), [0.02f, 0.02f, 0.02f, 0.02f, 0.02f, 0.02f, 0.02f, 0.02f])));
            Value near = g.Add(spread, g.Input("level", new Shape(2, 1, 1, 8)));
            g.Output("y", g.GroupNorm(near, w.Next(new Shape(8)), w.Next(new Shape(8)), 8, 1e-5f));
        });
        foreach (int channels in new[] { 1, 7, 16, 31, 33, 320 })
        {
            yield return new OpCase($"layernorm {channels}", (g, w) =>
                g.Output("y", g.LayerNorm(g.Input("x", new Shape(2, 5, 3, channels)), w.Next(new Shape(channels)), w.Next(new Shape(channels)), 1e-5f)));
        }
    }

    private static IEnumerable<OpCase> Attentions()
    {
        foreach ((int batch, int queries, int keys, int heads, int depth, bool causal) in new[]
        {
            (1, 1, 1, 1, 1, false), (2, 5, 9, 3, 16, false), (1, 77, 77, 2, 64, true), (2, 130, 77, 1, 64, false),
            (1, 33, 700, 2, 40, false), (1, 200, 200, 1, 13, true), (1, 31, 337, 1, 160, false), (2, 400, 400, 1, 24, true),
        })
        {
            yield return new OpCase($"attention {batch}x{heads}x{queries}x{keys} d{depth}{(causal ? " causal" : "")}", (g, _) => g.Output("y", g.Attention(
                g.Input("q", new Shape(batch, queries, 1, heads * depth)), g.Input("k", new Shape(batch, keys, 1, heads * depth)),
                g.Input("v", new Shape(batch, keys, 1, heads * depth)), heads, causal)));
        }

        yield return new OpCase("attention over slices of one matrix", (g, w) =>
        {
            Value qkv = g.Linear(g.Input("x", new Shape(2, 7, 5, 24)), w.NextLinear(new Shape(72, 24)));
            g.Output("y", g.Attention(g.Slice(qkv, 0, 24), g.Slice(qkv, 24, 24), g.Slice(qkv, 48, 24), 3));
        });
    }

    private static IEnumerable<OpCase> Elementwise()
    {
        foreach (int channels in new[] { 1, 7, 8, 9, 33 })
        {
            foreach (Activation function in Enum.GetValues<Activation>())
            {
                yield return new OpCase($"{function} {channels}", (g, _) =>
                    g.Output("y", g.Activate(g.Input("x", new Shape(1, 3, 5, channels)), function)));
            }

            Shape shape = new(2, 3, 5, channels);
            yield return new OpCase($"add {channels}", (g, _) => g.Output("y", g.Add(g.Input("a", shape), g.Input("b", shape))));
            yield return new OpCase($"add one row an image {channels}", (g, _) =>
                g.Output("y", g.Add(g.Input("a", shape), g.Input("b", new Shape(2, 1, 1, channels)))));
            yield return new OpCase($"add scaled {channels}", (g, _) =>
                g.Output("y", g.AddScaled(g.Input("a", shape), g.Input("b", shape), g.Input("s", new Shape(1, 1, 1, 1)))));
            yield return new OpCase($"geglu {channels}", (g, _) => g.Output("y", g.Geglu(g.Input("x", new Shape(1, 3, 5, 2 * channels)))));
            yield return new OpCase($"concat {channels}", (g, _) =>
                g.Output("y", g.Concat(g.Input("a", shape), g.Input("b", new Shape(2, 3, 5, 11)))));
            yield return new OpCase($"slice {channels}", (g, _) => g.Output("y", g.Slice(g.Input("x", new Shape(1, 4, 1, channels + 9)), 5, channels)));
        }

        foreach (float scale in new[] { 1f, 0.25f })
        {
            yield return new OpCase($"zerosft over concatenations, scale {scale}", (g, w) => ZeroSft(g, w, scale));
        }

        yield return new OpCase("zerosft without concatenation", (g, w) =>
        {
            Value x = g.Input("x", new Shape(2, 4, 3, 20));
            g.Output("y", g.ZeroSft(
                x, w.Next(new Shape(20)), w.Next(new Shape(20)), 4, 1e-5f, g.Input("m", new Shape(2, 4, 3, 40)), x, g.Input("s", new Shape(1, 1, 1, 1))));
        });
    }

    private static void ZeroSft(Graph g, RandomWeights w, float scale)
    {
        Shape half = new(2, 5, 3, 16);
        Value skip = g.Input("skip", half);
        Value h = g.Input("h", new Shape(2, 5, 3, 12));
        Value c = g.Input("c", new Shape(2, 5, 3, 10));
        Value raw = g.Concat(skip, h);
        Value mixed = g.Concat(skip, g.Add(h, g.Conv2d(c, w.NextLinear(new Shape(12, 10, 1, 1)), Conv2dOptions.Pointwise)));
        Value shared = g.Silu(g.Conv2d(c, w.NextLinear(new Shape(18, 10, 3, 3)), Conv2dOptions.SameSize));
        Value modulation = g.Conv2d(
            shared, new LinearWeights([w.Next(new Shape(28, 18, 3, 3)), w.Next(new Shape(28, 18, 3, 3))], [w.Next(new Shape(28)), w.Next(new Shape(28))]), Conv2dOptions.SameSize);
        // A scale that follows from weights alone, so that every run has the value that this case is about.
        Value one = g.Linear(g.Input("any", new Shape(1, 1, 1, 1)), new LinearWeights(
            Engine.Weights.Weight.FromFloats("zero", new Shape(1, 1), [0f]), Engine.Weights.Weight.FromFloats("scale", new Shape(1), [scale])));
        g.Output("y", g.ZeroSft(mixed, w.Next(new Shape(28)), w.Next(new Shape(28)), 7, 1e-5f, modulation, raw, one));
    }

    private static IEnumerable<OpCase> Fusions()
    {
        foreach (Activation function in Enum.GetValues<Activation>())
        {
            yield return new OpCase($"linear {function} residual", (g, w) =>
            {
                Value x = g.Input("x", new Shape(1, 31, 1, 35));
                g.Output("y", g.Add(x, g.Activate(g.Linear(x, w.NextLinear(new Shape(35, 35))), function)));
            });
        }

        yield return new OpCase("linear geglu linear residual", (g, w) =>
        {
            Value x = g.Input("x", new Shape(2, 9, 3, 20));
            Value h = g.Geglu(g.Linear(x, w.NextLinear(new Shape(160, 20))));
            g.Output("y", g.Add(g.Linear(h, w.NextLinear(new Shape(20, 80))), x));
        });
        yield return new OpCase("linear geglu of an odd width", (g, w) =>
            g.Output("y", g.Geglu(g.Linear(g.Input("x", new Shape(1, 17, 1, 12)), w.NextLinear(new Shape(42, 12))))));
        yield return new OpCase("residual block", ResidualBlock);
        yield return new OpCase("a product that two operations read", (g, w) =>
        {
            Value h = g.Linear(g.Input("x", new Shape(1, 8, 1, 16)), w.NextLinear(new Shape(16, 16)));
            g.Output("y", g.Add(g.Silu(h), h));
        });
        yield return new OpCase("a product that is an output, too", (g, w) =>
        {
            Value h = g.Linear(g.Input("x", new Shape(1, 8, 1, 16)), w.NextLinear(new Shape(16, 16)));
            g.Output("h", h);
            g.Output("y", g.Silu(h));
        });
        yield return new OpCase("a product added to itself", (g, w) =>
        {
            Value h = g.Linear(g.Input("x", new Shape(1, 8, 1, 16)), w.NextLinear(new Shape(16, 16)));
            g.Output("y", g.Add(h, h));
        });
        yield return new OpCase("once-per-run values in a step", (g, w) =>
        {
            Value context = g.Input("context", new Shape(2, 7, 1, 12), InputRate.OncePerRun);
            Value vector = g.Silu(g.Linear(g.Input("vector", new Shape(2, 1, 1, 6), InputRate.OncePerRun), w.NextLinear(new Shape(16, 6))));
            Value x = g.Input("x", new Shape(2, 4, 4, 16));
            Value kv = g.Linear(context, w.NextLinear(new Shape(32, 12), hasBias: false));
            Value h = g.Attention(g.Linear(g.Add(x, vector), w.NextLinear(new Shape(16, 16))), g.Slice(kv, 0, 16), g.Slice(kv, 16, 16), 2);
            g.Output("y", g.Add(g.Linear(h, w.NextLinear(new Shape(16, 16))), x));
        });
    }

    private static void ResidualBlock(Graph g, RandomWeights w)
    {
        Value x = g.Input("x", new Shape(2, 6, 7, 16));
        Value embedding = g.Input("embedding", new Shape(2, 1, 1, 20));
        Value h = g.Silu(g.GroupNorm(x, w.Next(new Shape(16)), w.Next(new Shape(16)), 8, 1e-5f));
        h = g.Conv2d(h, w.NextLinear(new Shape(40, 16, 3, 3)), Conv2dOptions.SameSize);
        h = g.Add(h, g.Linear(g.Silu(embedding), w.NextLinear(new Shape(40, 20))));
        h = g.Silu(g.GroupNorm(h, w.Next(new Shape(40)), w.Next(new Shape(40)), 8, 1e-5f));
        h = g.Conv2d(h, w.NextLinear(new Shape(40, 40, 3, 3)), Conv2dOptions.SameSize);
        g.Output("y", g.Add(g.Conv2d(x, w.NextLinear(new Shape(40, 16, 1, 1)), Conv2dOptions.Pointwise), h));
    }

    private static IEnumerable<OpCase> Text()
    {
        foreach (DType type in StoredTypes)
        {
            yield return new OpCase($"gather {type}", (g, w) => g.Output("y", g.Gather(
                g.Input("ids", new Shape(2, 6, 1, 1)), w.Next(new Shape(TableRows, 18), type), w.Next(new Shape(9, 18)))));
        }

        yield return new OpCase("select row", (g, _) => g.Output("y", g.SelectRow(
            g.Input("x", new Shape(3, IndexRange + 2, 1, 19)), g.Input("index", new Shape(3, 1, 1, 1)))));
        foreach (int count in new[] { 1, 3 })
        {
            yield return new OpCase($"timestep embedding of {count}", (g, _) =>
                g.Output("y", g.TimestepEmbedding(g.Input("timesteps", new Shape(2, 1, count, 1)), 34)));
        }
    }
}

using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Cli.Bench;

/// <summary>One product, convolution or attention of the full-size networks, at its real shape.</summary>
/// <param name="Kind">What it belongs to.</param>
/// <param name="Name">Its sizes.</param>
/// <param name="Describe">Describes it with weights that are not zero.</param>
internal sealed record KernelCase(string Kind, string Name, Action<Graph> Describe)
{
    /// <summary>The shapes that carry the work at 1024×1024, cond + uncond as a batch of two where that fits.</summary>
    public static IReadOnlyList<KernelCase> All { get; } =
    [
        Linear(2048, 1280, 1280), Linear(2048, 1280, 10240), Linear(2048, 5120, 1280), Linear(8192, 640, 640), Linear(8192, 640, 5120),
        Convolution("UNet conv", 128, 320, 320), Convolution("UNet conv", 64, 640, 640), Convolution("UNet conv", 32, 1280, 1280),
        Convolution("VAE conv", 256, 128, 128), Convolution("VAE conv", 256, 256, 256), Convolution("VAE conv", 128, 512, 512),
        Attention(4096, 10, 64), Attention(1024, 20, 64), Attention(16384, 1, 512),
    ];

    private static KernelCase Linear(int rows, int depth, int channels) => new(
        "linear", $"{rows} x {depth} -> {channels}",
        g => g.Output("y", g.Linear(g.Input("x", new Shape(1, rows, 1, depth)), new LinearWeights(Halves(new Shape(channels, depth))))));

    private static KernelCase Convolution(string kind, int side, int source, int channels) => new(
        kind, $"3x3 {side}x{side} {source} -> {channels}",
        g => g.Output("y", g.Conv2d(
            g.Input("x", new Shape(1, side, side, source)), new LinearWeights(Halves(new Shape(channels, source, 3, 3))), Conv2dOptions.SameSize)));

    private static KernelCase Attention(int tokens, int heads, int depth) => new(
        "attention", $"{tokens} tokens x {heads} heads x {depth}",
        g =>
        {
            Value x = g.Input("x", new Shape(1, tokens, 1, 3 * heads * depth));
            int width = heads * depth;
            g.Output("y", g.Attention(g.Slice(x, 0, width), g.Slice(x, width, width), g.Slice(x, 2 * width, width), heads));
        });

    private static Weight Halves(Shape shape)
    {
        Random random = new(1);
        Half[] elements = new Half[shape.ElementCount];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = (Half)(random.NextSingle() - 0.5f);
        }

        return Weight.FromHalves("bench", shape, elements);
    }
}

using Supir.Checkpoints;
using Supir.Engine;
using Supir.Testing;

namespace Supir.Models.Tests;

/// <summary>The small model of the goldens, of the sizes in <see cref="MiniSizes"/>, with weights by the rule of synthetic.py.</summary>
internal static class MiniModel
{
    /// <summary>Same arithmetic in another order of summation; one forgotten bias makes more than 1e-3.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>Hidden state of the first text tower.</summary>
    public const int FirstHiddenState = 1;

    public static GoldenTensors Goldens => GoldenTensors.Open("mini.safetensors");

    /// <summary>A reader of all weights that remembers which were read.</summary>
    public static WeightReader OpenWeights() => new(SyntheticSource.Open(Golden.PathOf("mini.manifest.json")));

    /// <summary>A golden image or latent as the engine has it.</summary>
    public static float[] ChannelsLast(string name) => Layout.ChannelsLast(Goldens.Floats(name), Goldens.ShapeOf(name));

    /// <summary>The numbers of an output.</summary>
    public static float[] Read(this IPlan plan, string output, int count)
    {
        float[] elements = new float[count];
        plan.GetOutput(output, elements);
        return elements;
    }
}

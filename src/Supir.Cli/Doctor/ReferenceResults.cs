using System.Text.Json;
using Supir.Checkpoints;
using Supir.Engine;

namespace Supir.Cli.Doctor;

/// <summary>Results of the Python program that travel with ours: self-test.safetensors, made by eng/make_self_test.py.</summary>
internal sealed class ReferenceResults : IDisposable
{
    private const string FileName = "self-test.safetensors";

    private readonly SafetensorsFile _file = SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, FileName));

    /// <summary>The caption of the conditions.</summary>
    public string Caption => _file.Metadata["caption"];

    /// <summary>The text whose tokens are there.</summary>
    public string Text => _file.Metadata["text"];

    /// <summary>The numbers of a tensor, row-major; pictures and latents are [N, C, H, W].</summary>
    public float[] Numbers(string name) => _file.Get(name).ToFloats();

    /// <summary>The shape of a tensor.</summary>
    public Shape ShapeOf(string name) => _file.Tensors[name].RequireShape(_file.Description);

    /// <summary>A reader of the weights that the results were computed with, by the rule for synthetic weights.</summary>
    public WeightReader OpenWeights()
    {
        using JsonDocument shapes = JsonDocument.Parse(_file.Metadata["shapes"]);
        return new WeightReader(new SyntheticSource(FileName, [.. shapes.RootElement.EnumerateObject().Select(entry =>
            KeyValuePair.Create(entry.Name, new Shape([.. entry.Value.EnumerateArray().Select(length => length.GetInt32())])))]));
    }

    /// <summary>Requires numbers to be those of the Python program.</summary>
    /// <returns>How far they are away: |difference| / |expected|, both as L2 norms.</returns>
    /// <exception cref="InvalidOperationException">They are further away than <paramref name="tolerance"/>.</exception>
    public static string Compare(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow((double)actual[i] - expected[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        double error = Math.Sqrt(difference / norm);

        // Written so that NaN, too, is a failure.
        return error <= tolerance
            ? FormattableString.Invariant($"as in Python (relative difference {error:0.0e0})")
            : throw new InvalidOperationException(FormattableString.Invariant(
                $"the results differ from Python's by {error:0.0e0}, more than {tolerance:0.0e0}"));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}

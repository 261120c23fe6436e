using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.Layers;
using Supir.Models.TextEncoders;

namespace Supir.Models.Llava;

/// <summary>LLaVA-1.5: a vision tower, a projector from its tokens to those of a language model, and that.</summary>
/// <remarks>Liu et al. 2023, "Improved Baselines with Visual Instruction Tuning", arXiv:2310.03744. The sizes of 7B and 13B alike are read
/// off the weights.</remarks>
public sealed class LlavaModel
{
    /// <summary>Input: the picture's patches, one below the other, as <see cref="ToPatches"/> gives them.</summary>
    public const string Patches = "patches";

    /// <summary>Input: what each token stands for, as <see cref="Kinds"/> says.</summary>
    public const string KindsOfTokens = "kinds";

    /// <summary>Output: a token for the whole picture, which LLaVA does not use, then the patches': [1, tokens, 1, channels].</summary>
    public const string Features = "features";

    private const int Colours = 3;
    private const string Vision = "vision_tower.vision_model";
    private const string Language = "language_model";

    private readonly ClipVisionTower _vision;
    private readonly Linear _projection1;
    private readonly Linear _projection2;

    /// <summary>Reads all three parts.</summary>
    /// <param name="weights">A reader of names as <see cref="LlavaNames"/> makes them.</param>
    /// <param name="positions">The most tokens, picture, question and answer together.</param>
    /// <param name="config">Heads, and how weights are kept.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public LlavaModel(WeightReader weights, int positions, LlavaConfig config)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(config);
        _vision = new ClipVisionTower(weights.Under(Vision), config);
        Decoder = new LlamaDecoder(weights.Under(Language), positions, config);
        _projection1 = new Linear(weights.Under("multi_modal_projector.linear_1"), _vision.Channels, Decoder.Channels);
        _projection2 = new Linear(weights.Under("multi_modal_projector.linear_2"), Decoder.Channels, Decoder.Channels);
        UnusedWeights = [.. _vision.UnusedWeights.Select(name => $"{Vision}.{name}")];
    }

    /// <summary>Names, or prefixes of names, of weights that nothing reads.</summary>
    public IReadOnlyList<string> UnusedWeights { get; }

    /// <summary>The language model.</summary>
    public LlamaDecoder Decoder { get; }

    /// <summary>Pixels of the side of the square picture that the vision tower sees.</summary>
    public int ImageSize => _vision.Side * _vision.PatchSize;

    /// <summary>Tokens that a picture becomes.</summary>
    public int ImageTokens => _vision.Tokens - 1;

    /// <summary>Tokens that a picture will become, told by the weights' shapes alone.</summary>
    /// <exception cref="CheckpointException">There is no vision tower.</exception>
    public static int ImageTokensOf(WeightReader weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return TextTower.ReadMatrix(weights.Under(Vision), "embeddings.position_embedding.weight").Shape[0] - 1;
    }

    /// <summary>What <see cref="KindsOfTokens"/> is set to.</summary>
    public float[] Kinds => [0f, .. Enumerable.Repeat(1f, ImageTokens)];

    /// <summary>Describes the way from patches to tokens of the language model.</summary>
    public Graph DescribeVision()
    {
        Graph g = new();
        Value patches = g.Input(Patches, new Shape(1, _vision.Tokens * _vision.PatchSize, _vision.PatchSize, Colours));
        Value kinds = g.Input(KindsOfTokens, new Shape(1, _vision.Tokens, 1, 1));
        Value h = _vision.Forward(g, patches, kinds);
        g.Output(Features, _projection2.Forward(g, g.Activate(_projection1.Forward(g, h), Activation.Gelu)));
        return g;
    }

    /// <summary>Cuts a square picture into its patches, row by row, and puts one of zeros in front.</summary>
    /// <param name="pixels">[size, size, 3], normalised as CLIP wants it.</param>
    public float[] ToPatches(ReadOnlySpan<float> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, ImageSize * ImageSize * Colours);
        int row = _vision.PatchSize * Colours;
        float[] patches = new float[_vision.Tokens * _vision.PatchSize * row];
        for (int patch = 0; patch < ImageTokens; patch++)
        {
            int top = patch / _vision.Side * _vision.PatchSize;
            int left = patch % _vision.Side * row;
            for (int y = 0; y < _vision.PatchSize; y++)
            {
                pixels.Slice(((top + y) * _vision.Side * row) + left, row).CopyTo(patches.AsSpan((((patch + 1) * _vision.PatchSize) + y) * row));
            }
        }

        return patches;
    }
}

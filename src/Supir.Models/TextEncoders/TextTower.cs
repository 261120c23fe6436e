using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Models.TextEncoders;

/// <summary>Sizes of a text tower that follow from its weights.</summary>
internal static class TextTower
{
    /// <summary>Width of an attention head in every CLIP of this family.</summary>
    private const int HeadChannels = 64;

    /// <summary>Heads of a tower; one narrower than a head has one.</summary>
    public static int Heads(int channels) => Math.Max(1, channels / HeadChannels);

    /// <summary>Reads a matrix whose lengths the checkpoint decides.</summary>
    /// <exception cref="CheckpointException">It is missing or no matrix.</exception>
    public static Weight ReadMatrix(WeightReader weights, string name) => weights.Read(name, ShapeOfMatrix(weights, name));

    /// <summary>The shape of a matrix whose lengths the checkpoint decides.</summary>
    /// <exception cref="CheckpointException">It is missing or no matrix.</exception>
    public static Shape ShapeOfMatrix(WeightReader weights, string name)
    {
        Shape? shape = weights.ShapeOf(name);
        return shape is { Rank: 2 } matrix
            ? matrix
            : throw new CheckpointException(shape is null
                ? $"The checkpoint has no weight '{weights.FullNameOf(name)}', a matrix of the text towers."
                : $"The weight '{weights.FullNameOf(name)}' must be a matrix, but has the shape {shape}.");
    }

    /// <summary>How many layers there are: the first number that has no weight under it.</summary>
    /// <param name="weights">Where the tower lies.</param>
    /// <param name="list">The list of layers.</param>
    /// <param name="member">A weight that every layer has.</param>
    public static int Layers(WeightReader weights, string list, string member)
    {
        int layers = 0;
        while (weights.Has($"{list}.{layers}.{member}"))
        {
            layers++;
        }

        return layers;
    }
}

using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.UNet;

/// <summary>What every residual block is told: the timestep and the vector condition, both embedded, in one sum.</summary>
/// <remarks>Source: <c>time_embed</c> and <c>label_emb</c> of <c>UNetModel</c> in sgm/modules/diffusionmodules/openaimodel.py
/// (SUPIR @ bda91af).</remarks>
public sealed class TimestepEmbedding
{
    private readonly int _channels;
    private readonly Linear _time1;
    private readonly Linear _time2;
    private readonly Linear _vector1;
    private readonly Linear _vector2;

    /// <summary>Reads <c>time_embed</c> and <c>label_emb.0</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public TimestepEmbedding(WeightReader weights, UNetConfig config)
    {
        int width = config.TimeEmbeddingChannels;
        _channels = config.ModelChannels;
        _time1 = new Linear(weights.Under("time_embed.0"), config.ModelChannels, width);
        _time2 = new Linear(weights.Under("time_embed.2"), width, width);
        _vector1 = new Linear(weights.Under("label_emb.0.0"), config.VectorChannels, width);
        _vector2 = new Linear(weights.Under("label_emb.0.2"), width, width);
    }

    /// <summary>Describes the sum and the SiLU that every residual block begins with: so it is computed once.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="timestep">0 to 999: [N, 1, 1, 1].</param>
    /// <param name="vector">[N, 1, 1, vector]; its part depends on nothing else, so a plan computes it once a run.</param>
    /// <returns>[N, 1, 1, embedding].</returns>
    public Value Forward(Graph g, Value timestep, Value vector)
    {
        Value time = _time1.Forward(g, g.TimestepEmbedding(timestep, _channels));
        time = _time2.Forward(g, g.Silu(time));
        Value label = _vector2.Forward(g, g.Silu(_vector1.Forward(g, vector)));
        return g.Silu(g.Add(time, label));
    }
}

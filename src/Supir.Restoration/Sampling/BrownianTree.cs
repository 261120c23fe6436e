using Supir.Engine.Random;
using Supir.Restoration.Tiling;

namespace Supir.Restoration.Sampling;

/// <summary>Brownian motion over the noise levels that follows from a seed alone: a run of more steps meets the same path, only more often.</summary>
/// <remarks>
/// W(σ_min) = 0, W(σ_max) = √(σ_max − σ_min) · ε. Between two known levels a and b with their middle m:
/// <code>
/// W(m) = (W(a) + W(b)) / 2 + √(b − a) / 2 · ε,     ε ~ N(0, 1) from the seed and the place of m in the tree
/// noise(σ, σ') = (W(σ') − W(σ)) / √|σ' − σ|
/// </code>
/// and so on down to a part in 2²⁰, between whose ends W is straight. Nothing is stored. The reference takes the same kind of noise from
/// torchsde, whose numbers are others. Source of the method: <c>BrownianTreeNoiseSampler</c>, k_diffusion/sampling.py; Li et al. 2020,
/// "Scalable Gradients for Stochastic Differential Equations", arXiv:2001.01328, algorithm 3.
/// </remarks>
public sealed class BrownianTree : IIntervalNoise
{
    private const int Depth = 20;

    /// <summary>An odd number near 2⁶⁴ / golden ratio: neighbours in the tree get seeds that have nothing in common.</summary>
    private const ulong SeedStride = 0x9E3779B97F4A7C15;

    private readonly ulong _seed;
    private readonly double _sigmaMin;
    private readonly double _sigmaMax;
    private readonly LatentTiles? _tiles;
    private readonly float[] _normal;

    /// <summary>Describes the path.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="sigmaMin">The lowest level that is asked for.</param>
    /// <param name="sigmaMax">The highest level that is asked for.</param>
    /// <param name="length">Elements of the latents.</param>
    /// <param name="tiles">The tiles that each draw is cut into, or <c>null</c>.</param>
    public BrownianTree(long seed, double sigmaMin, double sigmaMax, int length, LatentTiles? tiles = null)
    {
        _seed = (ulong)seed;
        _sigmaMin = sigmaMin;
        _sigmaMax = sigmaMax;
        _tiles = tiles;
        _normal = new float[length];
    }

    /// <inheritdoc/>
    public void Draw(float sigma, float nextSigma, Span<float> destination)
    {
        double[] from = PathAt(sigma);
        double[] to = PathAt(nextSigma);
        double factor = 1 / Math.Sqrt(Math.Abs((double)nextSigma - sigma));
        float[] noise = new float[_normal.Length];
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = (float)((to[i] - from[i]) * factor);
        }

        if (_tiles is null)
        {
            noise.CopyTo(destination);
        }
        else
        {
            _tiles.Gather(noise, destination);
        }
    }

    /// <summary>W at a level; beyond the ends it is that of the end.</summary>
    private double[] PathAt(double sigma)
    {
        double low = _sigmaMin;
        double high = _sigmaMax;
        double[] atLow = new double[_normal.Length];
        double[] atHigh = new double[_normal.Length];
        AddNormal(node: 0, Math.Sqrt(high - low), atHigh);
        ulong node = 1;
        for (int depth = 0; depth < Depth; depth++)
        {
            double middle = (low + high) / 2;
            double[] atMiddle = new double[_normal.Length];
            for (int i = 0; i < atMiddle.Length; i++)
            {
                atMiddle[i] = (atLow[i] + atHigh[i]) / 2;
            }

            AddNormal(node, Math.Sqrt(high - low) / 2, atMiddle);
            bool isUpper = sigma >= middle;
            (low, high) = isUpper ? (middle, high) : (low, middle);
            (atLow, atHigh) = isUpper ? (atMiddle, atHigh) : (atLow, atMiddle);
            node = (2 * node) + (isUpper ? 1ul : 0ul);
        }

        double part = Math.Clamp((sigma - low) / (high - low), 0, 1);
        for (int i = 0; i < atLow.Length; i++)
        {
            atLow[i] += (atHigh[i] - atLow[i]) * part;
        }

        return atLow;
    }

    private void AddNormal(ulong node, double deviation, double[] path)
    {
        new TorchCudaGenerator(_seed + (node * SeedStride)).Normal(_normal);
        for (int i = 0; i < path.Length; i++)
        {
            path[i] += deviation * _normal[i];
        }
    }
}

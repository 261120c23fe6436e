using System.Buffers.Binary;

namespace Supir.Engine.Random;

/// <summary>The random numbers of torch's CPU generator: mt19937, turned into normal numbers by Box and Muller's transform.</summary>
/// <remarks>A tensor of 16 numbers or more is filled in blocks of 16 that pair number j with number j + 8; a smaller one takes numbers
/// one by one in double precision, two from a pair, and keeps the second for the next small tensor.
/// Float32 has the bits of torch's AVX2 code, which torch runs on every x86 processor of the last decade.
/// A 16-bit tensor of 16 or more is computed in the 16-bit type in every step, uniform numbers included (8 bits of them for
/// BFloat16, 11 for Float16), as in torch's releases up to 2.11; it is therefore a coarse stream of its own, not the rounded Float32 one.
/// Source: ATen/native/cpu/DistributionTemplates.h and ATen/core/DistributionsHelper.h in PyTorch;
/// Box and Muller 1958, "A Note on the Generation of Random Normal Deviates".</remarks>
public sealed class TorchCpuGenerator : IResumableGenerator
{
    private const int BlockLength = 16;
    private const int PairDistance = BlockLength / 2;
    private const float TwoPi = (float)(2.0 * Math.PI);

    private const int DoubleDigits = 53;

    private MersenneTwister _twister;
    private double? _keptNormal;

    /// <summary>Starts the stream of a seed, as <c>torch.manual_seed</c> does.</summary>
    /// <param name="seed">The seed; mt19937 takes its low 32 bits only, so seeds that differ by 2^32 give the same stream.</param>
    public TorchCpuGenerator(ulong seed) => _twister = new MersenneTwister((uint)seed);

    /// <summary>Goes to the start of a seed's stream, as <c>torch.manual_seed</c> does.</summary>
    /// <param name="seed">The seed, of which the low 32 bits count.</param>
    public void ManualSeed(ulong seed)
    {
        _twister = new MersenneTwister((uint)seed);
        _keptNormal = null;
    }

    /// <summary>Draws a whole number from 0 to 2^63 − 2, as <c>torch.randint(2**63 - 1, ())</c> does.</summary>
    /// <remarks>The seed of a Brownian tree is drawn so.</remarks>
    public long NextInteger() => (long)(Next64() % long.MaxValue);

    /// <inheritdoc/>
    public byte[] SaveState()
    {
        byte[] state = new byte[MersenneTwister.StateBytes + sizeof(double)];
        _twister.Save(state);
        BinaryPrimitives.WriteDoubleLittleEndian(state.AsSpan(MersenneTwister.StateBytes), _keptNormal ?? double.NaN);
        return state;
    }

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> state)
    {
        if (state.Length != MersenneTwister.StateBytes + sizeof(double))
        {
            throw new ArgumentException($"A state of torch's CPU generator has {MersenneTwister.StateBytes + sizeof(double)} bytes, not {state.Length}.", nameof(state));
        }

        _twister.Restore(state[..MersenneTwister.StateBytes]);
        double kept = BinaryPrimitives.ReadDoubleLittleEndian(state[MersenneTwister.StateBytes..]);
        _keptNormal = double.IsNaN(kept) ? null : kept;
    }

    /// <inheritdoc/>
    public void Normal(Span<float> destination, DType type = DType.Float32)
    {
        int uniformDigits = FloatRounding.Digits(type);
        if (destination.Length < BlockLength)
        {
            foreach (ref float value in destination)
            {
                value = FloatRounding.Round((float)NextNormal(), type);
            }

            return;
        }

        Uniform(destination, uniformDigits);
        int blocks = destination.Length / BlockLength;
        for (int block = 0; block < blocks; block++)
        {
            ToNormal(destination.Slice(block * BlockLength, BlockLength), type);
        }

        if (destination.Length % BlockLength != 0)
        {
            // The last 16 are drawn anew, those among them that were done already as well.
            Span<float> last = destination[^BlockLength..];
            Uniform(last, uniformDigits);
            ToNormal(last, type);
        }
    }

    // n = √(−2 ln(1 − u₁)) · cos(2π u₂), and with sin for the other one of the pair.
    private static void ToNormal(Span<float> block, DType type)
    {
        for (int j = 0; j < PairDistance; j++)
        {
            (block[j], block[j + PairDistance]) = type == DType.Float32
                ? NormalPair(block[j], block[j + PairDistance])
                : NarrowNormalPair(block[j], block[j + PairDistance], type);
        }
    }

    private static (float WithCosine, float WithSine) NormalPair(float first, float second)
    {
        float radius = MathF.Sqrt(-2f * CephesFunctions.Log(1f - first));
        (float sine, float cosine) = CephesFunctions.SinCos(TwoPi * second);
        return (radius * cosine, radius * sine);
    }

    // torch has the 16-bit types do every operation in single precision and round its result.
    private static (float WithCosine, float WithSine) NarrowNormalPair(float first, float second, DType type)
    {
        float remaining = FloatRounding.Round(1f - first, type);
        float logarithm = FloatRounding.Round(MathF.Log(remaining), type);
        float radius = FloatRounding.Round(MathF.Sqrt(FloatRounding.Round(-2f * logarithm, type)), type);
        float angle = FloatRounding.Round((float)(2.0 * Math.PI * second), type);
        float cosine = FloatRounding.Round(MathF.Cos(angle), type);
        float sine = FloatRounding.Round(MathF.Sin(angle), type);
        return (FloatRounding.Round(radius * cosine, type), FloatRounding.Round(radius * sine, type));
    }

    private void Uniform(Span<float> destination, int digits)
    {
        uint mask = (1u << digits) - 1;
        float unit = 1f / (1u << digits);
        foreach (ref float value in destination)
        {
            value = (_twister.Next() & mask) * unit;
        }
    }

    private double NextNormal()
    {
        if (_keptNormal is double kept)
        {
            _keptNormal = null;
            return kept;
        }

        double angle = 2.0 * Math.PI * NextUniform();
        double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextUniform()));
        _keptNormal = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    private double NextUniform() => (Next64() & ((1ul << DoubleDigits) - 1)) * (1.0 / (1ul << DoubleDigits));

    private ulong Next64() => ((ulong)_twister.Next() << 32) | _twister.Next();
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Supir.Engine.Random;

/// <summary>The generator mt19937: 32 random bits a draw, a period of 2^19937 − 1.</summary>
/// <remarks>Source: Matsumoto and Nishimura 1998, "Mersenne Twister", ACM TOMACS 8(1); seeded as in their version of 2002.</remarks>
internal sealed class MersenneTwister
{
    private const int StateLength = 624;
    private const int Middle = 397;
    private const uint UpperBit = 0x80000000;
    private const uint LowerBits = 0x7fffffff;
    private const uint TwistMatrix = 0x9908b0df;
    private const uint SeedMultiplier = 1812433253;

    private readonly uint[] _state = new uint[StateLength];
    private int _next;

    /// <summary>Starts the stream of a seed.</summary>
    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (int i = 1; i < StateLength; i++)
        {
            uint previous = _state[i - 1];
            _state[i] = (SeedMultiplier * (previous ^ (previous >> 30))) + (uint)i;
        }

        _next = StateLength;
    }

    /// <summary>Bytes of a written state: 624 numbers and how many of them are used.</summary>
    public static int StateBytes => (StateLength + 1) * sizeof(uint);

    /// <summary>Writes the state down.</summary>
    public void Save(Span<byte> destination)
    {
        MemoryMarshal.AsBytes<uint>(_state).CopyTo(destination);
        BinaryPrimitives.WriteInt32LittleEndian(destination[(StateLength * sizeof(uint))..], _next);
    }

    /// <summary>Goes back to a state that was written down.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public void Restore(ReadOnlySpan<byte> state)
    {
        int next = BinaryPrimitives.ReadInt32LittleEndian(state[(StateLength * sizeof(uint))..]);
        if (next is < 0 or > StateLength)
        {
            throw new ArgumentException($"No state of mt19937 has used {next} of its numbers.", nameof(state));
        }

        state[..(StateLength * sizeof(uint))].CopyTo(MemoryMarshal.AsBytes(_state.AsSpan()));
        _next = next;
    }

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        if (_next == StateLength)
        {
            Twist();
        }

        uint bits = _state[_next++];
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9d2c5680;
        bits ^= (bits << 15) & 0xefc60000;
        return bits ^ (bits >> 18);
    }

    private void Twist()
    {
        for (int i = 0; i < StateLength; i++)
        {
            int following = i + 1 < StateLength ? i + 1 : 0;
            int distant = i + Middle < StateLength ? i + Middle : i + Middle - StateLength;
            uint joined = (_state[i] & UpperBit) | (_state[following] & LowerBits);
            _state[i] = _state[distant] ^ (joined >> 1) ^ ((joined & 1) * TwistMatrix);
        }

        _next = 0;
    }
}

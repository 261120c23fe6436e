namespace Supir.Engine.Random;

/// <summary>Philox4x32-10: a function from a 128-bit counter and a 64-bit key to 128 random bits, without a state.</summary>
/// <remarks>Source: Salmon, Moraes, Dror and Shaw 2011, "Parallel Random Numbers: As Easy as 1, 2, 3".</remarks>
internal static class Philox
{
    private const int Rounds = 10;
    private const uint FirstMultiplier = 0xD2511F53;
    private const uint SecondMultiplier = 0xCD9E8D57;
    private const uint FirstKeyStep = 0x9E3779B9;
    private const uint SecondKeyStep = 0xBB67AE85;

    /// <summary>The random bits at a place: the counter's lower half counts draws, its upper half tells streams apart.</summary>
    public static (uint X, uint Y, uint Z, uint W) At(ulong key, ulong draw, ulong stream)
    {
        (uint x, uint y, uint z, uint w) = ((uint)draw, (uint)(draw >> 32), (uint)stream, (uint)(stream >> 32));
        (uint firstKey, uint secondKey) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            ulong first = (ulong)FirstMultiplier * x;
            ulong second = (ulong)SecondMultiplier * z;
            (x, y, z, w) = ((uint)(second >> 32) ^ y ^ firstKey, (uint)second, (uint)(first >> 32) ^ w ^ secondKey, (uint)first);
            firstKey += FirstKeyStep;
            secondKey += SecondKeyStep;
        }

        return (x, y, z, w);
    }
}

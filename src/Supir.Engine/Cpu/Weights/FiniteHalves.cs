using System.Numerics;
using System.Runtime.CompilerServices;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Weights;

/// <summary>The widening of panels takes no infinities or NaN, so none may come in.</summary>
internal static unsafe class FiniteHalves
{
    // Adding one to a full exponent carries into the sign's place.
    private const int ExponentMask = 0x7C00;
    private const int ExponentStep = 0x0400;
    private const int Overflow = 0x8000;

    /// <summary>Looks at elements of half precision.</summary>
    /// <exception cref="InvalidDataException">One is an infinity or NaN.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Require(ushort* elements, long count, LinearWeights weights)
    {
        Vector<ushort> seen = Vector<ushort>.Zero;
        long i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            seen |= (Vector.Load(elements + i) & new Vector<ushort>(ExponentMask)) + new Vector<ushort>(ExponentStep);
        }

        bool isFinite = !Vector.GreaterThanOrEqualAny(seen, new Vector<ushort>(Overflow));
        for (; i < count; i++)
        {
            isFinite &= (elements[i] & ExponentMask) != ExponentMask;
        }

        if (!isFinite)
        {
            throw new InvalidDataException($"The weight '{weights.Weights[0].Name}', or one that is stacked on it, holds a number that is infinite or not a number.");
        }
    }
}

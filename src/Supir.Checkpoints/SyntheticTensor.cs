using Supir.Engine;

namespace Supir.Checkpoints;

/// <summary>Tensors that follow from their name and shape, for tests and benchmarks without published weights.</summary>
/// <remarks>The rule is in tests/goldens/synthetic.py; a name that begins with <c>input.</c> gives values in [−1, 1).</remarks>
public static class SyntheticTensor
{
    /// <summary>Elements that one core computes in a piece: 128 KiB of halves stay in its cache.</summary>
    private const int PieceElements = 1 << 16;

    /// <summary>Writes all elements, row-major, each of them a number that a half can hold.</summary>
    /// <exception cref="ArgumentException">The destination has not as many elements as the shape.</exception>
    public static void Fill(string name, Shape shape, Span<float> destination)
    {
        if (destination.Length != shape.ElementCount)
        {
            throw new ArgumentException($"{shape} has {shape.ElementCount} elements but the destination {destination.Length}.", nameof(destination));
        }

        SyntheticRule rule = SyntheticRule.For(name, shape);
        Span<Half> halves = stackalloc Half[512];
        for (int first = 0; first < destination.Length; first += halves.Length)
        {
            Span<float> piece = destination.Slice(first, Math.Min(halves.Length, destination.Length - first));
            rule.Fill(first, halves[..piece.Length]);
            for (int i = 0; i < piece.Length; i++)
            {
                piece[i] = (float)halves[i];
            }
        }
    }

    /// <summary>Writes all elements as halves to an address, on all cores.</summary>
    internal static unsafe void FillHalves(string name, Shape shape, nint destination)
    {
        SyntheticRule rule = SyntheticRule.For(name, shape);
        long count = shape.ElementCount;
        long pieces = (count + PieceElements - 1) / PieceElements;
        if (pieces <= 1)
        {
            rule.Fill(0, new Span<Half>((Half*)destination, (int)count));
            return;
        }

        Parallel.For(0L, pieces, piece =>
        {
            long first = piece * PieceElements;
            int length = (int)Math.Min(PieceElements, count - first);
            rule.Fill(first, new Span<Half>((Half*)destination + first, length));
        });
    }
}

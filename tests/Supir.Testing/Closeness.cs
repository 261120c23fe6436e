namespace Supir.Testing;

/// <summary>How far two lists of numbers are apart.</summary>
/// <param name="RelativeError">|actual − expected| / |expected|, with the Euclidean norm.</param>
/// <param name="LargestError">The largest |actual − expected| of one element.</param>
/// <param name="WorstIndex">Where the largest error is; −1 for empty lists.</param>
public sealed record Closeness(double RelativeError, double LargestError, int WorstIndex)
{
    /// <summary>Compares element by element, in double precision; a NaN on either side counts as infinitely far.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static Closeness Between(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
        {
            throw new ArgumentException($"Expected {expected.Length} elements but there are {actual.Length}.", nameof(actual));
        }

        double squaredError = 0;
        double squaredNorm = 0;
        double largest = 0;
        int worst = expected.Length == 0 ? -1 : 0;
        for (int i = 0; i < expected.Length; i++)
        {
            // Equal infinities are equal, although their difference is not a number.
            double error = expected[i] == actual[i] ? 0 : Math.Abs((double)actual[i] - expected[i]);
            if (double.IsNaN(error))
            {
                error = double.PositiveInfinity;
            }

            if (error > largest)
            {
                largest = error;
                worst = i;
            }

            squaredError += error * error;
            squaredNorm += (double)expected[i] * expected[i];
        }

        // Against zeros any error is infinitely large, and none is none.
        double relative = squaredError == 0 ? 0
            : double.IsFinite(squaredError) && squaredNorm > 0 ? Math.Sqrt(squaredError / squaredNorm)
            : double.PositiveInfinity;
        return new Closeness(relative, largest, worst);
    }

    /// <summary>|actual − expected| / |expected|, with the Euclidean norm.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double RelativeL2(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual) => Between(expected, actual).RelativeError;
}

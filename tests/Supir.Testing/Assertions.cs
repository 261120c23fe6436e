using System.Globalization;
using Xunit;

namespace Supir.Testing;

/// <summary>Assertions about lists of numbers.</summary>
public static class Assertions
{
    /// <summary>Fails unless the lists are as long as each other, hold no NaN, and are close enough in every bound that is given.</summary>
    /// <param name="expected">What the numbers should be.</param>
    /// <param name="actual">What they are.</param>
    /// <param name="relative">The most that |actual − expected| / |expected| (Euclidean norm) may be.</param>
    /// <param name="absolute">The most that one element may differ.</param>
    public static void Close(
        ReadOnlySpan<float> expected,
        ReadOnlySpan<float> actual,
        double relative = double.PositiveInfinity,
        double absolute = double.PositiveInfinity)
    {
        if (!(double.IsFinite(relative) || double.IsFinite(absolute)))
        {
            throw new ArgumentException("Name a bound, relative or absolute: without one nothing is asserted.", nameof(relative));
        }

        if (expected.Length != actual.Length)
        {
            Assert.Fail(Text($"Expected {expected.Length} elements but there are {actual.Length}."));
        }

        RefuseNaN(expected, nameof(expected));
        RefuseNaN(actual, nameof(actual));

        Closeness closeness = Closeness.Between(expected, actual);
        if (closeness.RelativeError > relative || closeness.LargestError > absolute)
        {
            int worst = closeness.WorstIndex;
            Assert.Fail(Text(
                $"Relative error {closeness.RelativeError:g4} (at most {relative:g4}), largest error {closeness.LargestError:g4} (at most {absolute:g4})") +
                Text($" at index {worst} of {expected.Length}: expected {expected[worst]:g9} but was {actual[worst]:g9}."));
        }
    }

    private static void RefuseNaN(ReadOnlySpan<float> elements, string side)
    {
        for (int i = 0; i < elements.Length; i++)
        {
            if (float.IsNaN(elements[i]))
            {
                Assert.Fail(Text($"The {side} element {i} of {elements.Length} is not a number."));
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using Supir.Testing;

namespace Supir.Checkpoints.Tests.Pickles;

/// <summary>The files that tests/goldens/make_pickles.py made with torch.</summary>
internal static class PickleFixture
{
    /// <summary>Where a file lies.</summary>
    public static string PathOf(string name) => Golden.PathOf(Path.Combine("pickles", name));

    /// <summary>The first elements of the script's values: (i − 3) / 4.</summary>
    public static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => (i - 3) / 4f)];
}

using Supir.Engine;

namespace Supir.Testing;

/// <summary>Between the goldens' order of axes, [N, C, H, W], and the engine's, [N, H, W, C].</summary>
public static class Layout
{
    /// <summary>Puts the channels last.</summary>
    /// <param name="source">[N, C, H, W].</param>
    /// <param name="shape">The lengths N, C, H, W.</param>
    public static float[] ChannelsLast(ReadOnlySpan<float> source, Shape shape) =>
        SwapInner(source, shape[0], shape[1], shape[2] * shape[3]);

    /// <summary>Puts the channels first.</summary>
    /// <param name="source">[N, H, W, C].</param>
    /// <param name="shape">The lengths N, C, H, W of the result.</param>
    public static float[] ChannelsFirst(ReadOnlySpan<float> source, Shape shape) =>
        SwapInner(source, shape[0], shape[2] * shape[3], shape[1]);

    private static float[] SwapInner(ReadOnlySpan<float> source, int images, int rows, int columns)
    {
        float[] result = new float[source.Length];
        for (int image = 0; image < images; image++)
        {
            int start = image * rows * columns;
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    result[start + (column * rows) + row] = source[start + (row * columns) + column];
                }
            }
        }

        return result;
    }
}

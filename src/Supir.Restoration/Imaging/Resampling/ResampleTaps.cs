namespace Supir.Restoration.Imaging;

/// <summary>For every output position along one axis: which source positions are summed, and with which weights.</summary>
/// <remarks>Every output has the same number of taps, so that loops are plain; unneeded ones have weight 0 at a valid index.</remarks>
internal sealed class ResampleTaps
{
    private ResampleTaps(int outputs, int perOutput)
    {
        Outputs = outputs;
        PerOutput = perOutput;
        Indices = new int[outputs * perOutput];
        Weights = new double[outputs * perOutput];
    }

    public int Outputs { get; }

    public int PerOutput { get; }

    /// <summary>[Outputs, PerOutput] source positions.</summary>
    public int[] Indices { get; }

    /// <summary>[Outputs, PerOutput] weights.</summary>
    public double[] Weights { get; }

    /// <summary>Weights that widen with the reduction, so that a smaller picture is not aliased.</summary>
    /// <remarks>Output i lies at c = (i + 0.5) · scale, scale = inputs / outputs; source j weighs kernel((j + 0.5 − c) / max(scale, 1)) for the
    /// j within support · max(scale, 1) of c, the sum made 1. The same steps in double precision as Pillow's Resample.c.</remarks>
    public static ResampleTaps Antialiased(ResampleKernel kernel, int inputs, int outputs)
    {
        double scale = (double)inputs / outputs;
        double widening = Math.Max(scale, 1.0);
        double support = kernel.Support * widening;
        int most = Math.Min(inputs, (int)Math.Ceiling(support) * 2 + 1);
        ResampleTaps taps = new(outputs, most);
        for (int i = 0; i < outputs; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5));
            int count = Math.Min(inputs, (int)(centre + support + 0.5)) - first;
            Span<double> weights = taps.Weights.AsSpan(i * most, most);
            double sum = 0.0;
            for (int j = 0; j < count; j++)
            {
                weights[j] = kernel.WeightAt((j + first - centre + 0.5) * (1.0 / widening));
                sum += weights[j];
            }

            for (int j = 0; j < most; j++)
            {
                taps.Indices[(i * most) + j] = Math.Min(first + j, inputs - 1);
                weights[j] = sum == 0.0 ? weights[j] : weights[j] / sum;
            }
        }

        return taps;
    }

    /// <summary>torch's bicubic: Keys' cubic with a = −0.75 over four pixels whatever the scale (no antialiasing), edges repeated.</summary>
    /// <remarks>Source: at::native::upsample_bicubic2d with align_corners false, in single precision as for a float tensor.</remarks>
    public static ResampleTaps TorchBicubic(int inputs, int outputs)
    {
        const int Taps = 4;
        const float A = -0.75f;
        ResampleTaps taps = new(outputs, Taps);
        float scale = (float)inputs / outputs;
        for (int i = 0; i < outputs; i++)
        {
            float position = (scale * (i + 0.5f)) - 0.5f;
            int left = Math.Min((int)MathF.Floor(position), inputs - 1);
            float t = Math.Clamp(position - left, 0f, 1f);
            Span<double> weights = taps.Weights.AsSpan(i * Taps, Taps);
            weights[0] = Outer(t + 1f);
            weights[1] = Inner(t);
            weights[2] = Inner(1f - t);
            weights[3] = Outer(1f - t + 1f);
            for (int j = 0; j < Taps; j++)
            {
                taps.Indices[(i * Taps) + j] = Math.Clamp(left + j - 1, 0, inputs - 1);
            }
        }

        return taps;

        static float Inner(float x) => (((((A + 2f) * x) - (A + 3f)) * x) * x) + 1f;
        static float Outer(float x) => ((((A * x) - (5f * A)) * x) + (8f * A)) * x - (4f * A);
    }
}

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

    /// <summary>OpenCV's INTER_LANCZOS4: eight pixels whatever the scale (no antialiasing), edges repeated, weights in 2048ths.</summary>
    /// <remarks>w(d) = sin(πd) · sin(πd / 4) / d², the sum made 1. Source: interpolateLanczos4 and resize for bytes, modules/imgproc/src/resize.cpp
    /// (OpenCV 4.6).</remarks>
    public static ResampleTaps OpenCvLanczos4(int inputs, int outputs)
    {
        const int Taps = 8;
        ResampleTaps taps = new(outputs, Taps);
        double scale = (double)inputs / outputs;
        Span<double> exact = stackalloc double[Taps];
        for (int i = 0; i < outputs; i++)
        {
            float position = (float)(((i + 0.5) * scale) - 0.5);
            int left = (int)MathF.Floor(position);
            double part = position - left;
            double sum = 0;
            for (int j = 0; j < Taps; j++)
            {
                double distance = part + 3 - j;
                exact[j] = Math.Abs(distance) < 1e-6
                    ? Math.PI * Math.PI / 4
                    : Math.Sin(Math.PI * distance) * Math.Sin(Math.PI * distance / 4) / (distance * distance);
                sum += exact[j];
            }

            for (int j = 0; j < Taps; j++)
            {
                taps.Set(i, j, left + j - 3, inputs, InOpenCvUnits(exact[j] / sum));
            }
        }

        return taps;
    }

    /// <summary>OpenCV's INTER_AREA where a picture grows: between two pixels, but so that each source pixel keeps its area; weights in
    /// 2048ths.</summary>
    /// <remarks>Source: as above, area_mode.</remarks>
    public static ResampleTaps OpenCvGrowingArea(int inputs, int outputs)
    {
        ResampleTaps taps = new(outputs, 2);
        double scale = (double)inputs / outputs;
        double inverse = (double)outputs / inputs;
        for (int i = 0; i < outputs; i++)
        {
            int left = (int)Math.Floor(i * scale);
            float part = (float)(i + 1 - ((left + 1) * inverse));
            part = part <= 0 || left >= inputs - 1 ? 0 : part - MathF.Floor(part);
            taps.Set(i, 0, left, inputs, InOpenCvUnits(1f - part));
            taps.Set(i, 1, left + 1, inputs, InOpenCvUnits(part));
        }

        return taps;
    }

    /// <summary>OpenCV's INTER_AREA where a picture shrinks: every output is the mean of the source under it.</summary>
    public static ResampleTaps Area(int inputs, int outputs)
    {
        double scale = (double)inputs / outputs;
        int most = Math.Min(inputs, (int)Math.Ceiling(scale) + 1);
        ResampleTaps taps = new(outputs, most);
        for (int i = 0; i < outputs; i++)
        {
            double start = i * scale;
            double end = Math.Min(inputs, start + scale);
            int first = Math.Min(inputs - most, (int)start);
            for (int j = 0; j < most; j++)
            {
                double covered = Math.Min(end, first + j + 1) - Math.Max(start, first + j);
                taps.Set(i, j, first + j, inputs, Math.Max(0, covered) / (end - start));
            }
        }

        return taps;
    }

    private static double InOpenCvUnits(double weight)
    {
        const double Units = 2048;
        return Math.Round(weight * Units) / Units;
    }

    private void Set(int output, int tap, int index, int inputs, double weight)
    {
        Indices[(output * PerOutput) + tap] = Math.Clamp(index, 0, inputs - 1);
        Weights[(output * PerOutput) + tap] = weight;
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

using System.Globalization;

namespace Supir.Benchmarks;

/// <summary>Measures what another program asks for, line by line, so that benchmarks/compare.py can let several programs take turns.</summary>
/// <remarks>A question is "THREADS SECONDS SHAPE", the last a line of benchmarks/shapes.txt or the word peak. The answer is the
/// seconds of the best run in that time; for the peak, the seconds of 1e9 operations. benchmarks/onednn.cpp and torch_shapes.py
/// answer the same questions.</remarks>
internal static class MeasurementService
{
    private const double OperationsOfPeak = 1e9;

    /// <summary>Answers until the questions end.</summary>
    public static void Run(TextReader questions, TextWriter answers)
    {
        while (questions.ReadLine() is { } question)
        {
            string[] parts = question.Split(' ', 3);
            int threads = int.Parse(parts[0], CultureInfo.InvariantCulture);
            TimeSpan time = TimeSpan.FromSeconds(double.Parse(parts[1], CultureInfo.InvariantCulture));
            answers.WriteLine(Measure(threads, time, parts[2]).ToString("R", CultureInfo.InvariantCulture));
            answers.Flush();
        }
    }

    private static double Measure(int threads, TimeSpan time, string shape)
    {
        if (shape == "peak")
        {
            return OperationsOfPeak / MeasuredPeaks.Measure(threads);
        }

        using CompiledKernel kernel = new(KernelShape.Parse(shape), threads);
        return kernel.BestOf(time);
    }
}

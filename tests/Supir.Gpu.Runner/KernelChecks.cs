using Supir.Engine;
using Supir.Engine.Cuda.Runtime;

namespace Supir.Gpu.Runner;

/// <summary>Every kernel file compiled for every generation that is supported: NVRTC needs no such GPU for that.</summary>
internal static class KernelChecks
{
    private static readonly int[] Architectures = [75, 80, 86, 89, 90];

    /// <summary>Compiles all files in all variants, several at a time.</summary>
    public static void Run(Report report)
    {
        (int Architecture, string File, KernelVariant Variant)[] all =
        [
            .. from architecture in Architectures
               from file in KernelSource.Files
               where file != KernelSource.Prelude
               from variant in VariantsOf(file)
               select (architecture, file, variant),
        ];
        Exception?[] failures = new Exception?[all.Length];
        Parallel.For(0, all.Length, i =>
        {
            try
            {
                KernelCompiler.Compile(all[i].File, KernelSource.TextOf(all[i].File), all[i].Architecture, all[i].Variant.Options);
            }
            catch (DeviceException exception)
            {
                failures[i] = exception;
            }
        });
        foreach (IGrouping<(int, string), int> group in Enumerable.Range(0, all.Length).GroupBy(i => (all[i].Architecture, all[i].File)))
        {
            Exception? first = group.Select(i => failures[i]).FirstOrDefault(failure => failure is not null);
            if (first is not null)
            {
                report.Fail($"{group.Key.Item2} for sm_{group.Key.Item1}", first);
            }
            else
            {
                report.Check($"{group.Key.Item2} for sm_{group.Key.Item1}", 0, 0, showsPass: false);
            }
        }

        Report.Say($"{all.Length} variants of {KernelSource.Files.Count - 1} kernel files for {string.Join(", ", Architectures.Select(KernelCompiler.TargetOf))}: {failures.Count(failure => failure is not null)} do not compile");
    }

    private static IEnumerable<KernelVariant> VariantsOf(string file)
    {
        foreach (DType type in new[] { DType.Float32, DType.Float16, DType.BFloat16 })
        {
            if (file == "Attention.cu")
            {
                yield return new KernelVariant(type);
                foreach ((int head, int keys) in new[] { (64, 64), (64, 80), (128, 64) })
                {
                    yield return new KernelVariant(type, 1, head, keys);
                }
            }
            else
            {
                yield return new KernelVariant(type);
                yield return new KernelVariant(type, KernelVariant.WidestVector(type));
            }
        }
    }
}

using System.Globalization;
using Supir.Checkpoints;
using Supir.Cli.Bench;
using Supir.Devices;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration;

namespace Supir.Cli.Commands;

/// <summary><c>supir bench</c>: how fast this machine is, and how much of it the program uses.</summary>
internal static class BenchCommand
{
    private const int DefaultSize = 512;
    private const int DefaultSizeOnGpu = 1024;
    private const int SmallestSize = 256;
    private const int LargestSize = 2048;
    private const int SizeMultiple = 64;

    /// <summary>Measures the peak first, since everything else is told as a fraction of it.</summary>
    public static int Run(BenchRequest request, Terminal terminal, CancellationToken stop)
    {
        int threads = ThreadCount.Parse(request.Threads);
        int size = Size(request.Size);
        if (request.WriteCheckpoint is not null)
        {
            SyntheticCheckpoint.Write(request.WriteCheckpoint, terminal, stop);
            return ExitCodes.Done;
        }

        bool IsWanted(string name) => request.Only is null || name.Contains(request.Only, StringComparison.OrdinalIgnoreCase);
        if (request.Gpu)
        {
            DeviceChoice choice = DeviceChoice.Of("cuda");
            using IWeightSource weights = OpenWeights(request.Checkpoint);
            using DeviceSet devices = DeviceSet.Open(choice, threads);
            GpuBench.Run(weights, request.Size is null ? DefaultSizeOnGpu : size, devices, IsWanted, terminal.Output, stop);
            return ExitCodes.Done;
        }

        // Opened first, so that a file that is not there is told before a minute of measuring.
        using IWeightSource? source = request.Full ? OpenWeights(request.Checkpoint) : null;
        threads = threads == 0 ? Environment.ProcessorCount : threads;
        if (request.Language)
        {
            LanguageBench.Run(threads, terminal.Output, stop);
            return ExitCodes.Done;
        }

        int[] counts = threads == 1 ? [1] : [1, threads];
        Peaks peaks = new();
        terminal.Output.WriteLine($"{InstructionSets.Best}, {Environment.ProcessorCount} processors");
        foreach (int count in counts)
        {
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,2} threads  peak of fused multiply-adds {peaks[count] / 1e9:F1} GFLOP/s"));
        }

        KernelBench.Run(counts, peaks, IsWanted, terminal.Output, stop);
        new PipelineBench(threads, peaks, request.Profile).Run(IsWanted, terminal.Output, stop);
        if (source is not null)
        {
            WeightPrecision precision = request.EightBit ? WeightPrecision.EightBit : WeightPrecision.AsStored;
            new NetworkBench(source, size, threads, precision, peaks, request.Profile).Run(IsWanted, terminal.Output, stop);
        }

        return ExitCodes.Done;
    }

    private static IWeightSource OpenWeights(string? checkpoint) =>
        checkpoint is null ? SyntheticSource.Open(ShippedFiles.FullManifest) : new OverlaySource(CheckpointFile.Open(checkpoint));

    private static int Size(string? text)
    {
        if (text is null)
        {
            return DefaultSize;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size)
            && size is >= SmallestSize and <= LargestSize && size % SizeMultiple == 0
            ? size
            : throw new OptionException($"--size: must be a multiple of {SizeMultiple} from {SmallestSize} to {LargestSize} but is '{text}'.");
    }
}

using Supir.Engine.Cpu;
using Supir.Restoration;
using Supir.Restoration.Captioning;

namespace Supir.Cli.Commands;

/// <summary>The device that LLaVA runs on.</summary>
internal static class CaptionDevice
{
    private const string Cpu = "cpu";

    /// <summary>Opens it.</summary>
    /// <exception cref="OptionException">There is no such device.</exception>
    public static CpuBackend Open(CaptionerChoice choice, int threads) =>
        choice.Device is null || choice.Device.Equals(Cpu, StringComparison.OrdinalIgnoreCase)
            ? new CpuBackend(threads)
            : throw new OptionException($"--llava_device: must be {Cpu} but is '{choice.Device}'.");
}

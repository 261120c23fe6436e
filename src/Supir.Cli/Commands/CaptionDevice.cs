using Supir.Devices;
using Supir.Engine.Cuda.Libraries;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary>The device that LLaVA runs on.</summary>
internal static class CaptionDevice
{
    /// <summary>Opens the device that was named; without a name a GPU, or the processor where none can be used.</summary>
    /// <exception cref="OptionException">There is no such device.</exception>
    /// <exception cref="Engine.DeviceException">A GPU is asked for and none can be used.</exception>
    public static DeviceSet Open(CaptionerChoice choice, int threads) => DeviceSet.Open(Choose(choice.Device), threads);

    /// <summary>Opens a device of LLaVA's own beside a restoration: the one that was named, or a GPU that the restoration leaves free, as the
    /// reference does; <c>null</c> where both share.</summary>
    public static DeviceSet? OpenBeside(CaptionerChoice choice, DeviceChoice restoration, int threads)
    {
        if (choice.Llava is null)
        {
            return null;
        }

        if (choice.Device is not null)
        {
            return Open(choice, threads);
        }

        GpuFinding? free = restoration.Kind == ComputeDevice.Cpu
            ? null
            : CudaInventory.Take(isThorough: false).Usable.FirstOrDefault(gpu => !restoration.Gpus.Contains(gpu.Number));
        return free is null ? null : DeviceSet.Open(new DeviceChoice([free.Number], null), threads);
    }

    private static DeviceChoice Choose(string? device)
    {
        try
        {
            return DeviceChoice.Of(device);
        }
        catch (OptionException exception)
        {
            throw new OptionException(exception.Message.Replace("--device", "--llava_device", StringComparison.Ordinal), exception);
        }
    }
}

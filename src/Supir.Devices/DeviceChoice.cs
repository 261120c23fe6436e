using System.Globalization;
using Supir.Engine;
using Supir.Engine.Cuda.Libraries;
using Supir.Restoration;
using Supir.Restoration.Options;

namespace Supir.Devices;

/// <summary>What is to compute: the processor, or some GPUs. Nothing is opened yet.</summary>
/// <param name="Gpus">Numbers of GPUs; empty for the processor.</param>
/// <param name="WhyNotGpu">Why the processor was chosen though nobody asked for it, as a clause without a full stop; else <c>null</c>.</param>
public sealed record DeviceChoice(IReadOnlyList<int> Gpus, string? WhyNotGpu)
{
    private const string Cpu = "cpu";
    private const string Cuda = "cuda";

    /// <summary>What kind it is.</summary>
    public ComputeDevice Kind => Gpus.Count == 0 ? ComputeDevice.Cpu : ComputeDevice.Cuda;

    /// <summary>Its name on the command line.</summary>
    public string Id => Gpus.Count == 0 ? Cpu : string.Join(',', Gpus.Select(gpu => string.Create(CultureInfo.InvariantCulture, $"{Cuda}:{gpu}")));

    /// <summary>Decides by the value of <c>--device</c>, or without one by what there is: a GPU if one can be used, else the processor.</summary>
    /// <exception cref="OptionException">The value is none of cpu, cuda and lists such as cuda:0,cuda:1.</exception>
    /// <exception cref="DeviceException">GPUs were asked for that are not there or cannot be used; the message says what is missing.</exception>
    public static DeviceChoice Of(string? device) => Of(device, () => CudaInventory.Take(isThorough: false));

    /// <summary>The same on a machine with a given inventory, which is asked for only where it counts.</summary>
    public static DeviceChoice Of(string? device, Func<CudaInventory> inventory)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        if (device == Cpu)
        {
            return new DeviceChoice([], null);
        }

        int[] wanted = device is null ? [] : Numbers(device);
        CudaInventory found = inventory();
        if (device is null)
        {
            return found.Usable.Count > 0 ? new DeviceChoice([found.Usable[0].Number], null) : new DeviceChoice([], found.Problem);
        }

        if (found.Problem is not null)
        {
            throw new DeviceException($"--device {device}: {found.Problem}. 'supir doctor' says what was looked for and where; --device cpu works anywhere.");
        }

        if (wanted.Length == 0)
        {
            wanted = [found.Usable[0].Number];
        }

        int missing = Array.FindIndex(wanted, number => found.Usable.All(gpu => gpu.Number != number));
        return missing < 0
            ? new DeviceChoice(wanted, null)
            : throw new DeviceException(
                $"--device {device}: there is no usable GPU {wanted[missing]}; there are {string.Join(", ", found.Usable.Select(gpu => $"{Cuda}:{gpu.Number} ({gpu.Name})"))}.");
    }

    private static int[] Numbers(string device)
    {
        if (device == Cuda)
        {
            return [];
        }

        string[] parts = device.Split(',', StringSplitOptions.TrimEntries);
        int[] numbers = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            string prefix = Cuda + ":";
            if (!parts[i].StartsWith(prefix, StringComparison.Ordinal)
                || !int.TryParse(parts[i].AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                throw new OptionException($"--device: must be {Cpu}, {Cuda}, or GPUs such as {Cuda}:0 or {Cuda}:0,{Cuda}:1 but is '{device}'.");
            }
        }

        return numbers.Distinct().Count() == numbers.Length
            ? numbers
            : throw new OptionException($"--device: '{device}' names a GPU twice.");
    }
}

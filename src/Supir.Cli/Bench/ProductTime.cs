using System.Globalization;
using Supir.Devices;
using Supir.Engine;
using Supir.Engine.Cpu;

namespace Supir.Cli.Bench;

/// <summary>What <c>supir bench</c> asks of a process that it starts: how much of its time went into matrix products, convolutions and attention.</summary>
/// <remarks>It is asked by a variable that names a file for the answer. Only the process itself can tell: another one, or the same work done twice in
/// one, has other memory, and other neighbours on the machine.</remarks>
internal sealed class ProductTime
{
    /// <summary>Names the file.</summary>
    public const string Variable = "SUPIR_PRODUCT_TIME";

    private readonly string _file;
    private readonly Profile _profile;

    private ProductTime(string file, Profile profile)
    {
        _file = file;
        _profile = profile;
    }

    /// <summary>Begins to count where that is asked for, and where the processor computes; otherwise <c>null</c>.</summary>
    public static ProductTime? CountIfAsked(DeviceSet devices)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not string file || devices.Backends[0] is not CpuBackend backend)
        {
            return null;
        }

        backend.Profile = new Profile();
        return new ProductTime(file, backend.Profile);
    }

    /// <summary>Writes the answer.</summary>
    public void Answer() => File.WriteAllText(_file, _profile.ProductTime.TotalSeconds.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Seconds out of an answer.</summary>
    public static double Read(string file) => double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
}

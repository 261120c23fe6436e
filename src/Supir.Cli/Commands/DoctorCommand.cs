using Supir.Cli.CommandLine;
using Supir.Cli.Doctor;
using Supir.Engine.Cuda.Libraries;

namespace Supir.Cli.Commands;

/// <summary><c>supir doctor</c>: whether everything works here.</summary>
internal static class DoctorCommand
{
    private const int SubjectWidth = 14;

    /// <summary>Looks at the machine, the model and the program's own arithmetic, a line each.</summary>
    public static int Run(Terminal terminal)
    {
        bool good = true;
        terminal.Output.WriteLine($"supir {VersionAction.Version}");
        foreach (Finding finding in MachineFindings.All().Concat(GpuFindings.Of(CudaInventory.Take(isThorough: true))).Append(ModelFinding.Look()).Concat(SelfTest.Run()))
        {
            good &= finding.IsGood;
            terminal.Output.WriteLine($"{(!finding.IsGood ? "failed" : finding.IsThere ? "ok    " : "none  ")}  {finding.Subject.PadRight(SubjectWidth)}  {finding.Detail}");
        }

        if (!good)
        {
            terminal.Error.WriteLine("supir: not everything works on this machine; see the lines that begin with 'failed'.");
        }

        return good ? ExitCodes.Done : ExitCodes.Machine;
    }
}

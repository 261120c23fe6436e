using Supir.Checkpoints;
using Supir.Cli.Inspection;

namespace Supir.Cli.Commands;

/// <summary><c>supir inspect</c>: what a checkpoint holds.</summary>
internal static class InspectCommand
{
    /// <summary>Looks at a file's header and writes what it says.</summary>
    public static int Run(string path, bool asJson, Terminal terminal)
    {
        using IWeightSource file = CheckpointFile.Open(path);
        CheckpointInspection inspection = CheckpointInspection.Of(file);
        if (asJson)
        {
            InspectionJson.Write(terminal.Output, file, inspection);
        }
        else
        {
            InspectionTable.Write(terminal.Output, file, inspection);
        }

        return ExitCodes.Done;
    }
}

using Supir.Checkpoints;
using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Imaging;

namespace Supir.Cli;

/// <summary>What an exception means to the user: an exit code and one line. The only place that says so.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Message">A sentence or two without line breaks.</param>
internal sealed record Fault(int ExitCode, string Message)
{
    /// <summary>Set to 1, this variable adds the exception's whole story to the line.</summary>
    public const string DebugVariable = "SUPIR_DEBUG";

    /// <summary>The meaning of an exception.</summary>
    public static Fault Of(Exception exception) => exception switch
    {
        OperationCanceledException => new(ExitCodes.Cancelled, "stopped; nothing was written."),
        OptionException => new(ExitCodes.User, OneLine(exception.Message)),
        CheckpointException or PictureException or UnknownTargetException => new(ExitCodes.File, OneLine(exception.Message)),
        InvalidDataException => new(ExitCodes.File, $"a checkpoint is damaged: {OneLine(exception.Message)}"),
        MissingLibraryException or DeviceMemoryException or DeviceException => new(ExitCodes.Machine, OneLine(exception.Message)),
        OutOfMemoryException => new(
            ExitCodes.Machine,
            $"not enough memory ({OneLine(exception.Message)}) A smaller --upscale or --min_size needs less; 'supir doctor' says what there is."),
        _ => new(
            ExitCodes.Internal,
            $"this is a mistake of the program ({exception.GetType().Name}: {OneLine(exception.Message)}) " +
            $"Please report it to the project, with what {DebugVariable}=1 supir … prints."),
    };

    /// <summary>Text that may hold names out of untrusted files as one line that cannot steer a terminal.</summary>
    public static string OneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] lines = text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Concat(string.Join(' ', lines).Select(character => char.IsControl(character) ? '?' : character));
    }
}

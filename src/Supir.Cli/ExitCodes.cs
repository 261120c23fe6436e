namespace Supir.Cli;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCodes
{
    /// <summary>All done.</summary>
    public const int Done = 0;

    /// <summary>The command line or an options file asks for what cannot be done.</summary>
    public const int User = 2;

    /// <summary>A picture or checkpoint is missing, broken or not what it should be.</summary>
    public const int File = 3;

    /// <summary>The machine lacks something: a library, memory, a device.</summary>
    public const int Machine = 4;

    /// <summary>A mistake of this program. Source of the number: EX_SOFTWARE of BSD's sysexits.h.</summary>
    public const int Internal = 70;

    /// <summary>Ctrl-C: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}

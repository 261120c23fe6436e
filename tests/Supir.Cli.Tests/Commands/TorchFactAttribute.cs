using System.Diagnostics;
using Xunit;

namespace Supir.Cli.Tests.Commands;

/// <summary>A test that needs a Python with PyTorch; where there is none it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TorchFactAttribute : FactAttribute
{
    private static readonly string[] Candidates = ["/usr/bin/python3", "python3"];

    public TorchFactAttribute()
    {
        if (Python is null)
        {
            Skip = "needs a Python with torch and numpy: apt-get install python3-torch";
        }
    }

    /// <summary>A Python that has torch, or <c>null</c>.</summary>
    public static string? Python { get; } = Array.Find(Candidates, HasTorch);

    private static bool HasTorch(string python)
    {
        try
        {
            const string Check = "import importlib.util as u, sys; sys.exit(not (u.find_spec('torch') and u.find_spec('numpy')))";
            using Process process = Process.Start(new ProcessStartInfo(python, ["-c", Check]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

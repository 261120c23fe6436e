using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Supir.Web.Tests;

/// <summary>The real program, as <c>supir serve</c>, on a free port of this machine.</summary>
public sealed class ServeProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Where the build puts the program, in the configuration that the tests were built in.</summary>
    private static readonly string ProgramFolder =
        AppContext.BaseDirectory.Replace(typeof(ServeProcess).Assembly.GetName().Name!, "Supir.Cli", StringComparison.Ordinal);

    private readonly Process _process;
    private readonly string? _ownFolder;

    private ServeProcess(Process process, string address, string? ownFolder)
    {
        _process = process;
        _ownFolder = ownFolder;
        Address = address;
    }

    /// <summary>Where the page is.</summary>
    public string Address { get; }

    /// <summary>Starts the program and waits until it tells its address.</summary>
    /// <param name="data">A data folder that outlives it; one of its own where <c>null</c>.</param>
    /// <param name="port">Its port; 0 for any that is free.</param>
    /// <param name="flags">Further flags.</param>
    public static async Task<ServeProcess> Start(string? data = null, int port = 0, params string[] flags)
    {
        PutPageIntoPlace();
        string? ownFolder = data is null ? Directory.CreateTempSubdirectory("supir-web-").FullName : null;
        string folder = data ?? ownFolder!;
        ProcessStartInfo start = new(Path.Combine(ProgramFolder, "supir")) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What earlier runs were told by a captioner must not count.
        start.Environment["SUPIR_CACHE"] = Path.Combine(folder, "cache");
        foreach (string argument in (string[])["serve", "--no-browser", "--data", folder, "--port", port.ToString(CultureInfo.InvariantCulture), .. flags])
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        TaskCompletionSource<string> address = new();
        string said = "";
        DataReceivedEventHandler hear = (_, line) =>
        {
            said += line.Data + "\n";
            if (line.Data?.Split(' ').FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal)) is string found)
            {
                address.TrySetResult(found);
            }
        };
        process.OutputDataReceived += hear;
        process.ErrorDataReceived += hear;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException($"supir serve ended at once: {said}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServeProcess(process, await address.Task.WaitAsync(Patience), ownFolder);
    }

    /// <summary>Ends the program at once, as a power cut would.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        if (_ownFolder is not null && Directory.Exists(_ownFolder))
        {
            Directory.Delete(_ownFolder, recursive: true);
        }
    }

    /// <summary>The program looks for the page beside itself.</summary>
    private static void PutPageIntoPlace()
    {
        string built = Clone.Path("artifacts", "web");
        Assert.True(File.Exists(Path.Combine(built, "index.html")), "The page is not built; call eng/build-web.sh.");
        string place = Path.Combine(ProgramFolder, "wwwroot");
        foreach (string file in Directory.EnumerateFiles(built, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(place, Path.GetRelativePath(built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }
}

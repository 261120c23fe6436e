using System.Diagnostics;
using System.Text;
using Xunit;

namespace Supir.Server.Tests;

/// <summary>The real program, <c>supir serve</c>, as a process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private ServerProcess(Process process, string address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(1) };
        process.ErrorDataReceived += (_, line) => _said.Append(line.Data).Append('\n');
        process.BeginErrorReadLine();
    }

    /// <summary>What it has said on its error stream; whole when it has ended.</summary>
    public string Said => _said.ToString();

    /// <summary>Calls it.</summary>
    public HttpClient Client { get; }

    /// <summary>Its working set, in bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts it on a free port and waits until it says where.</summary>
    public static async Task<ServerProcess> Start(string data, params string[] more)
    {
        // The copy beside the tests lacks what is built for this platform alone.
        string configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string program = RunningServer.CloneFile("artifacts", "bin", "Supir.Cli", configuration, "supir.dll");
        ProcessStartInfo start = new("dotnet", [program, "serve", "--port", "0", "--data", data, "--no-browser", .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("The program does not start.");
        string line = await process.StandardOutput.ReadLineAsync() ?? "";
        Assert.StartsWith("http://127.0.0.1:", line, StringComparison.Ordinal);
        return new ServerProcess(process, line.Split(' ')[0]);
    }

    /// <summary>Ends it as a power cut would: SIGKILL.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, as Ctrl-C and whoever manages services do, and says its exit code.</summary>
    /// <remarks>By SIGTERM: where this was started in the background, SIGINT may be ignored.</remarks>
    public async Task<int> Stop()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}

using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration.Options;

namespace Supir.Server.Tests;

/// <summary>A server on a free port of this machine, with a data folder of its own and the small model.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    /// <summary>The smallest run that passes through all networks.</summary>
    public const string Quick = """{"min_size":64,"edm_steps":1}""";

    /// <summary>A run that does not end while a test lasts, and can be stopped at any moment.</summary>
    public const string Endless = """{"min_size":256,"edm_steps":1000}""";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string? _ownFolder;

    private RunningServer(SupirServer server, HttpClient client, string? ownFolder)
    {
        Server = server;
        Client = client;
        _ownFolder = ownFolder;
    }

    public SupirServer Server { get; }

    /// <summary>Calls it.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="change">What is to be other than usual.</param>
    /// <param name="data">A data folder that outlives the server; a temporary one where <c>null</c>.</param>
    public static async Task<RunningServer> Start(Func<ServerOptions, ServerOptions>? change = null, string? data = null)
    {
        string? ownFolder = data is null ? Directory.CreateTempSubdirectory("supir-server-").FullName : null;
        ServerOptions options = new()
        {
            Port = 0,
            DataFolder = data ?? ownFolder!,
            DefaultModel = CloneFile("options", "SUPIR_mini.yaml"),
            Devices = [Device("cpu", new CpuBackend(1))],
        };
        SupirServer server = await SupirServer.Start(change?.Invoke(options) ?? options);
        return new RunningServer(server, new HttpClient { BaseAddress = new Uri(server.Address), Timeout = Patience }, ownFolder);
    }

    /// <summary>A device, as jobs may name it.</summary>
    public static ServerDevice Device(string id, IBackend backend, ComputeDevice kind = ComputeDevice.Cpu) => new(id, id, kind, () => [backend]);

    /// <summary>A file of this clone, given from its root.</summary>
    public static string CloneFile(params string[] parts)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Supir.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine([folder?.FullName ?? throw new DirectoryNotFoundException("No Supir.slnx above the tests."), .. parts]);
    }

    /// <summary>A form with a picture.</summary>
    public static MultipartFormDataContent Form(byte[] picture, string? parameters = Quick, string name = "old.png")
    {
        ByteArrayContent file = new(picture);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        MultipartFormDataContent form = new() { { file, "picture", name } };
        if (parameters is not null)
        {
            form.Add(new StringContent(parameters), "parameters");
        }

        return form;
    }

    /// <summary>Posts a job that must be taken, and says its id.</summary>
    public Task<string> Post(string? parameters = Quick, byte[]? picture = null, string name = "old.png", string query = "") =>
        Client.Post(parameters, picture, name, query);

    /// <summary>A document.</summary>
    public async Task<JsonNode> Get(string path) => (await Client.GetFromJsonAsync<JsonNode>(path))!;

    /// <summary>Waits for a job to stand in a certain way.</summary>
    public Task<JsonNode> WaitFor(string id, string status) => Client.WaitFor(id, status);

    /// <summary>The status of a response and the detail of its problem.</summary>
    public static async Task<(int Status, string Detail)> Problem(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        Xunit.Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(text).RootElement;
        return ((int)response.StatusCode, problem.TryGetProperty("detail", out JsonElement detail) ? detail.GetString()! : "");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        if (_ownFolder is not null)
        {
            Directory.Delete(_ownFolder, recursive: true);
        }
    }
}

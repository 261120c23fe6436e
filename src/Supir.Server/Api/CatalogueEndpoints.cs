using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Supir.Restoration.Captioning;
using Supir.Server.Api.Contract;
using Supir.Server.Catalogue;
using Supir.Server.Jobs;

namespace Supir.Server.Api;

/// <summary>What there is to choose from, and how the server is.</summary>
internal static class CatalogueEndpoints
{
    /// <summary>Where the server says how it is.</summary>
    public const string HealthPath = "/health";

    /// <summary>What is said where pictures cannot be captioned.</summary>
    public const string NoCaptioner = "The server was started without a captioner (--llava DIR, or --captioner ADDRESS): write the caption, or leave it empty.";

    private static readonly string Version =
        typeof(CatalogueEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Adds the endpoints.</summary>
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet(HealthPath, GetHealth).WithTags("Server").WithName("getHealth").WithSummary("Whether the server is well; needs no key");
        RouteGroupBuilder group = api.MapGroup("").WithTags("Choices");
        group.MapGet("/models", GetModels).WithName("listModels").WithSummary("Models that jobs may name");
        group.MapGet("/devices", GetDevices).WithName("listDevices").WithSummary("Devices that compute");
        group.MapGet("/presets", GetPresets).WithName("listPresets").WithSummary("Settings that go together").ProducesProblem(400);
        group.MapGet("/parameters", GetParameters).WithName("listParameters").WithSummary("Parameters of a job, with a model's defaults").ProducesProblem(400);
        group.MapGet("/captioner", GetCaptioner).WithName("getCaptioner");
    }

    private static Health GetHealth(ServerOptions options, JobWorker worker, JobService jobs, ModelCatalogue models) => new(
        "ok",
        Version,
        worker.Device.IsCompletedSuccessfully ? worker.Device.Result.Description : null,
        models.Default.Id,
        jobs.Lengths,
        options.ApiKey is not null);

    private static IReadOnlyList<ModelInfo> GetModels(ModelCatalogue models) => models.Describe();

    private static IReadOnlyList<DeviceInfo> GetDevices(ServerOptions options) =>
        [.. options.Devices.Select((device, index) => new DeviceInfo(device.Id, device.Name, index == 0))];

    private static PresetList GetPresets(ModelCatalogue models, string? model = null) =>
        PresetCatalogue.For(models.Find(model).Options!, Defaults(models, model));

    private static IReadOnlyList<Contract.ParameterInfo> GetParameters(ServerOptions options, ModelCatalogue models, string? model = null) =>
        ParameterCatalogue.WithDefaults(Defaults(models, model), options.Captioner is { Llava: null, Endpoint: null } ? null : options.Captioner.Options);

    /// <summary>Whether pictures can be captioned.</summary>
    public static CaptionerInfo GetCaptioner(ServerOptions options) => options.Captioner switch
    {
        { Endpoint: ChatEndpoint endpoint } => new CaptionerInfo(true, $"{endpoint.Model} at {endpoint.Address}", null),
        { Llava: not null } => new CaptionerInfo(true, "LLaVA", null),
        { Text: not null } => new CaptionerInfo(true, "One caption for all", null),
        _ => new CaptionerInfo(false, null, NoCaptioner),
    };

    private static JsonObject Defaults(ModelCatalogue models, string? model)
    {
        ModelEntry entry = models.Find(model);
        return SettingValues.Of(models.DefaultsOf(entry)!, entry.Id);
    }
}

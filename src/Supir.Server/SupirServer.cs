using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Supir.Restoration;
using Supir.Restoration.Options;
using Supir.Server.Api;
using Supir.Server.Catalogue;
using Supir.Server.Jobs;

namespace Supir.Server;

/// <summary>The server: the API, the page, and the work on jobs behind them.</summary>
public sealed class SupirServer : IAsyncDisposable
{
    /// <summary>What every address of the API begins with.</summary>
    internal const string ApiPath = "/api/v1";

    /// <summary>Where the measurements are read.</summary>
    internal const string MetricsPath = "/metrics";

    private const int MostConnections = 2000;
    private const int LeastThreads = 16;

    /// <summary>Base64 takes four bytes for three, and a form some for its other fields.</summary>
    private const double BodyOverhead = 4.0 / 3;

    private const int OtherFields = 2 << 20;

    private readonly WebApplication _application;
    private int _isDisposed;

    private SupirServer(WebApplication application)
    {
        _application = application;
    }

    /// <summary>Where the server listens, such as http://127.0.0.1:6688.</summary>
    public string Address => _application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();

    /// <summary>Starts a server.</summary>
    /// <exception cref="OptionException">It would be open to other machines without a key, the data folder cannot be used, the options file is wrong, or the port is taken.</exception>
    public static async Task<SupirServer> Start(ServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IPAddress address = ListeningAddress.Of(options);

        // A request waits for the disk now and then; the pool would add threads only twice a second.
        ThreadPool.SetMinThreads(Math.Max(LeastThreads, Environment.ProcessorCount), LeastThreads);
        WebApplication application = Build(options, address);
        SupirServer server = new(application);
        try
        {
            application.Services.GetRequiredService<JobService>().Recover();
            JobWorker worker = application.Services.GetRequiredService<JobWorker>();
            worker.Start();
            await worker.Device;
            application.Services.GetRequiredService<PreparationWorker>().Start();
            await application.StartAsync();
            return server;
        }
        catch (IOException exception)
        {
            await server.DisposeAsync();
            throw new OptionException($"--port: {options.Port} cannot be listened at ({exception.Message.TrimEnd('.')}). Choose another one.", exception);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the server: requests are answered, the running job goes back into the queue.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        _application.Services.GetRequiredService<ServerLife>().Stop();
        await _application.StopAsync();
        _application.Services.GetRequiredService<PreparationWorker>().Stop();
        // Its networks may lie on the jobs' device, and go before it.
        _application.Services.GetRequiredService<CaptionerShelf>().Dispose();
        _application.Services.GetRequiredService<JobWorker>().Stop();
        await _application.DisposeAsync();
    }

    private static WebApplication Build(ServerOptions options, IPAddress address)
    {
        // Nothing is read from the current folder or the environment: what counts is the command line.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = (long)(options.MaxUploadBytes * BodyOverhead) + OtherFields;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
        });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        // The exception handler tells of what is the program's mistake; the framework's own line would tell of every wrong request.
        // And whoever started the server tells why it does not start.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        AddServices(builder.Services, options, address);

        WebApplication application = builder.Build();
        application.UseMiddleware<SecurityHeaders>();
        application.UseExceptionHandler();
        application.UseStatusCodePages();
        application.UseHostFiltering();
        application.UseMiddleware<OriginGate>();
        application.UseMiddleware<ApiKeyGate>();
        PageFiles.UseFiles(application, options.WebRoot);
        application.UseRouting();
        RouteGroupBuilder api = application.MapGroup(ApiPath);
        JobEndpoints.Map(api);
        PictureEndpoints.Map(api);
        PreparationEndpoints.Map(api);
        CatalogueEndpoints.Map(api);
        StableDiffusionEndpoints.Map(application);
        application.MapPrometheusScrapingEndpoint(MetricsPath);
        OpenApiDocument.Map(application);
        PageFiles.MapPage(application, options.WebRoot);
        return application;
    }

    private static void AddServices(IServiceCollection services, ServerOptions options, IPAddress address)
    {
        services.AddRoutingCore();
        services.AddProblemDetails();
        services.AddExceptionHandler<Problems>();
        // Not as a method group: what copies the comments into the document sees only a lambda.
        services.AddOpenApi(options => OpenApiDocument.Configure(options));
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("supir")).WithMetrics(metrics => metrics
            .AddMeter(ServerMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddPrometheusExporter());
        services.ConfigureHttpJsonOptions(json => ServerJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(route => route.ThrowOnBadRequest = true);
        services.Configure<HostFilteringOptions>(hosts => hosts.AllowedHosts = [.. ListeningAddress.Hosts(options, address)]);
        services.AddSingleton(options);
        services.AddSingleton<ServerLife>();
        services.AddSingleton(_ => new DataFolder(options.DataFolder));
        services.AddSingleton(provider => new JobStore(provider.GetRequiredService<DataFolder>().Database));
        services.AddSingleton<JobQueue>();
        services.AddSingleton<JobFeeds>();
        services.AddSingleton<JobService>();
        services.AddSingleton(_ => new DeviceGate(isShared: options.Devices.All(device => device.Kind == ComputeDevice.Cpu)));
        services.AddSingleton<CaptionerShelf>();
        services.AddSingleton<JobWorker>();
        services.AddSingleton<PreparationWorker>();
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<JobViews>();
        services.AddSingleton<ModelCatalogue>();
        services.AddSingleton<PictureGate>();
        services.AddSingleton<SubmissionReader>();
    }
}

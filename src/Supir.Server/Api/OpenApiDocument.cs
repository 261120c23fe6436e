using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using Supir.Server.Api.Contract;

namespace Supir.Server.Api;

/// <summary>The API's description, for programs and for people.</summary>
internal static class OpenApiDocument
{
    /// <summary>Where people read it.</summary>
    public const string PagePath = "/api";

    /// <summary>Where documents lie.</summary>
    public const string DocumentFolder = "/openapi";

    // What no operation's body names, because a stream of events carries it.
    private static readonly Type[] EventTypes = [typeof(JobPreview), typeof(JobStatusChange)];

    /// <summary>Describes the API as a whole.</summary>
    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer(async (document, context, cancellationToken) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "SUPIR",
            Version = "v1",
            Description = "Restores photographs. Post a picture to /api/v1/jobs, watch the job's events, fetch its result. " +
                "Errors are problem+json. Where the server was started with an API key: Authorization: Bearer KEY.",
        };
        document.Servers = [];
        foreach (Type type in EventTypes)
        {
            document.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, null, cancellationToken));
        }
    });

    /// <summary>Adds document and page.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi(DocumentFolder + "/{documentName}.json");
        endpoints.MapScalarApiReference(PagePath, options =>
        {
            options.Title = "SUPIR API";
            options.OpenApiRoutePattern = DocumentFolder + "/{documentName}.json";
            options.DefaultFonts = false;
            options.DefaultOpenAllTags = true;
            // What would lead to the servers of the page's makers.
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options.HideClientButton = true;
            options.Telemetry = false;
            options.DisableAgent();
            options.DisableMcp();
        });
    }
}

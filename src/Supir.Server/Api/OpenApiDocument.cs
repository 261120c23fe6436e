using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Supir.Server.Api;

/// <summary>The API's description, for programs and for people.</summary>
internal static class OpenApiDocument
{
    /// <summary>Where people read it.</summary>
    public const string PagePath = "/api";

    /// <summary>Where documents lie.</summary>
    public const string DocumentFolder = "/openapi";

    /// <summary>Describes the API as a whole.</summary>
    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, context, cancellationToken) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "SUPIR",
            Version = "v1",
            Description = "Restores photographs. Post a picture to /api/v1/jobs, watch the job's events, fetch its result. " +
                "Errors are problem+json. Where the server was started with an API key: Authorization: Bearer KEY.",
        };
        document.Servers = [];
        return Task.CompletedTask;
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
        });
    }
}

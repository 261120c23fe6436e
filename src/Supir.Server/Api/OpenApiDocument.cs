using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace Supir.Server.Api;

/// <summary>The API's description, for programs and for people.</summary>
internal static class OpenApiDocument
{
    /// <summary>Where people read it.</summary>
    public const string PagePath = "/api";

    /// <summary>Where documents lie.</summary>
    public const string DocumentFolder = "/openapi";

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

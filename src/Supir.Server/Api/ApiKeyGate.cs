using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Supir.Server.Api;

/// <summary>Asks for the API key, where there is one, in front of everything but the page's own files and the sign of life.</summary>
internal sealed class ApiKeyGate(RequestDelegate next, ServerOptions options)
{
    private const string Scheme = "Bearer ";
    private static readonly PathString[] Guarded = [SupirServer.ApiPath, StableDiffusionEndpoints.Path, SupirServer.MetricsPath, OpenApiDocument.DocumentFolder];

    private readonly byte[]? _digest = options.ApiKey is string key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    /// <summary>Lets a request through or answers 401.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (_digest is null || !NeedsKey(context.Request.Path) || IsRight(context.Request))
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return TypedResults.Problem(
            "Show the API key that the server was started with: Authorization: Bearer KEY, or X-Api-Key: KEY.",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }

    private static bool NeedsKey(PathString path) =>
        Guarded.Any(guarded => path.StartsWithSegments(guarded, StringComparison.OrdinalIgnoreCase)) &&
        !path.Equals(SupirServer.ApiPath + CatalogueEndpoints.HealthPath, StringComparison.OrdinalIgnoreCase);

    private bool IsRight(HttpRequest request)
    {
        string authorization = request.Headers[HeaderNames.Authorization].ToString();
        string shown = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[Scheme.Length..].Trim()
            : request.Headers["X-Api-Key"].ToString();

        // Digests have one length, so that the time of the comparison says nothing about the key.
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown)), _digest);
    }
}

using Microsoft.AspNetCore.Http;

namespace Supir.Server.Api;

/// <summary>Tells browsers what the page may do: load its own files, talk to its own server, nothing else.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    /// <summary>Components place themselves by style attributes; pictures that were just chosen are blob: and data: addresses.</summary>
    private const string PagePolicy =
        "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; " +
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The browsable API document starts itself by a script in the page.</summary>
    private const string DocumentPolicy =
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self' data:; " +
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Sets the headers.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        bool isDocument = context.Request.Path.StartsWithSegments(OpenApiDocument.PagePath, StringComparison.Ordinal)
            && !context.Request.Path.StartsWithSegments(SupirServer.ApiPath, StringComparison.Ordinal);
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = isDocument ? DocumentPolicy : PagePolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        return next(context);
    }
}

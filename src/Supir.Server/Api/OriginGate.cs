using Microsoft.AspNetCore.Http;

namespace Supir.Server.Api;

/// <summary>Refuses what a foreign page sends: browsers say where a request comes from, and only the server's own page may change anything.</summary>
/// <remarks>A program that is no browser sends no Origin and is let through. Requests without a key reach a server on loopback from every
/// page that its user looks at; the closed CORS keeps such a page from reading answers, and this from sending anything.</remarks>
internal sealed class OriginGate(RequestDelegate next)
{
    /// <summary>Lets a request through or answers 403.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string origin = request.Headers.Origin.ToString();
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        bool isForeign = origin.Length > 0
            ? !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            : site is "cross-site" or "same-site" && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        return isForeign
            ? TypedResults.Problem("Requests from other sites' pages are refused.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context)
            : next(context);
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;

namespace Supir.Server.Api;

/// <summary>Serves the built page; where it was not built, a page that says how to.</summary>
internal static class PageFiles
{
    private const string Index = "index.html";
    private const string HashedFiles = "/assets";
    private const string Missing =
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>SUPIR</title>
        <h1>The page is not built</h1>
        <p>The server and its API work: <a href="/api">the API's description</a>. The page is built by <code>./supir</code> when it sets
        the program up, which needs Node.js; or by <code>eng/build-web.sh</code>.</p></html>
        """;

    /// <summary>Serves what lies in the folder. Comes before routing: files give way to an address that is matched already.</summary>
    public static void UseFiles(WebApplication application, string folder)
    {
        if (IsBuilt(folder))
        {
            application.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(folder),
                OnPrepareResponse = response => response.Context.Response.Headers.CacheControl =
                    response.Context.Request.Path.StartsWithSegments(HashedFiles, StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache",
            });
        }
    }

    /// <summary>Serves the page for all other addresses that a browser asks for.</summary>
    public static void MapPage(WebApplication application, string folder)
    {
        bool isBuilt = IsBuilt(folder);
        application.MapMethods("/{**path}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context) => Answer(context, folder, isBuilt)).ExcludeFromDescription().WithOrder(int.MaxValue);
    }

    private static bool IsBuilt(string folder) => File.Exists(Path.Combine(folder, Index));

    private static Task Answer(HttpContext context, string folder, bool isBuilt)
    {
        bool wantsPage = HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            && !context.Request.Path.StartsWithSegments(SupirServer.ApiPath, StringComparison.Ordinal);
        if (!wantsPage)
        {
            return TypedResults.Problem("There is nothing at this address.", statusCode: StatusCodes.Status404NotFound).ExecuteAsync(context);
        }

        context.Response.Headers.CacheControl = "no-cache";
        return isBuilt
            ? TypedResults.PhysicalFile(Path.Combine(folder, Index), "text/html; charset=utf-8").ExecuteAsync(context)
            : TypedResults.Content(Missing, "text/html; charset=utf-8", statusCode: StatusCodes.Status404NotFound).ExecuteAsync(context);
    }
}

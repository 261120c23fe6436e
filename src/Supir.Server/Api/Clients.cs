using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Supir.Server.Api;

/// <summary>Who calls, for a fair order: an address, and a name that callers behind one address may give themselves.</summary>
internal static class Clients
{
    /// <summary>The header with the name.</summary>
    public const string Header = "X-Client-Id";

    /// <summary>A short name of a caller, of which nothing can be read.</summary>
    public static string Of(HttpContext context)
    {
        const int enough = 16;
        string given = context.Request.Headers[Header].ToString();
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Connection.RemoteIpAddress}\n{given}"));
        return Convert.ToHexStringLower(digest)[..enough];
    }
}

using System.Net;
using Supir.Restoration;

namespace Supir.Server;

/// <summary>Where the server listens, and by which names it may be called there.</summary>
internal static class ListeningAddress
{
    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>The address that the options name.</summary>
    /// <exception cref="OptionException">It is none, or one that others reach although no key is asked for.</exception>
    public static IPAddress Of(ServerOptions options)
    {
        IPAddress address = options.Host == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(options.Host, out IPAddress? parsed) ? parsed
            : throw new OptionException($"--host: must be an address such as 127.0.0.1 or 0.0.0.0 but is '{options.Host}'.");
        return IPAddress.IsLoopback(address) || options.ApiKey is not null || options.Insecure
            ? address
            : throw new OptionException(
                $"--host: at {options.Host} others can use this server: give it a key by --api-key KEY or the variable SUPIR_API_KEY, or say --insecure.");
    }

    /// <summary>The names that requests may call the server by. On loopback only its own: a foreign page whose name was made to lead here is refused.</summary>
    public static IReadOnlyList<string> Hosts(ServerOptions options, IPAddress address) =>
        IPAddress.IsLoopback(address) && options.ApiKey is null ? LoopbackNames : ["*"];
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Supir.Server.Api;

/// <summary>How the API writes and reads JSON.</summary>
internal static class ServerJson
{
    /// <summary>For what is written outside of the framework's own responses.</summary>
    public static JsonSerializerOptions Options { get; } = Configured();

    /// <summary>Camel case; numbers are numbers; deep nesting is refused.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        const int deepest = 16;
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = deepest;
    }

    private static JsonSerializerOptions Configured()
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}

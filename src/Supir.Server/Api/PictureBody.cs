using Microsoft.AspNetCore.Builder;
using Microsoft.OpenApi;

namespace Supir.Server.Api;

/// <summary>Describes the two ways in which a request may carry a picture: a form with a file, or JSON with base64.</summary>
internal static class PictureBody
{
    /// <summary>Adds the description to an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="fields">Further fields of the form, with what they mean.</param>
    public static RouteHandlerBuilder AcceptsPicture<T>(this RouteHandlerBuilder endpoint, params (string Name, string Meaning)[] fields) =>
        endpoint.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            Dictionary<string, IOpenApiSchema> properties = new()
            {
                ["picture"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = "The picture file." },
                ["parameters"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A JSON object: settings by the command line's names, model and device." },
            };
            foreach ((string name, string meaning) in fields)
            {
                properties.Add(name, new OpenApiSchema { Type = JsonSchemaType.String, Description = meaning });
            }

            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["multipart/form-data"] = new()
                    {
                        Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties, Required = new HashSet<string> { "picture" } },
                    },
                    ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellationToken) },
                },
            };
        });
}

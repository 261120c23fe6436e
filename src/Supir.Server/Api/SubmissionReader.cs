using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Supir.Restoration;
using Supir.Server.Api.Contract;
using Supir.Server.Jobs;

namespace Supir.Server.Api;

/// <summary>Reads requests that carry a picture: multipart, or JSON with base64.</summary>
internal sealed class SubmissionReader(ServerOptions options)
{
    private const string PictureField = "picture";
    private const string ParametersField = "parameters";
    private const int LargestPriority = 100;
    private const int LongestKey = 255;
    private const int LongestName = 200;
    private const int MostFields = 32;
    private const int LongestField = 1 << 20;
    private const string DefaultName = "picture";

    /// <summary>What a request asks for.</summary>
    /// <exception cref="OptionException">Something is missing or out of range.</exception>
    /// <exception cref="BadHttpRequestException">The body is neither multipart nor JSON, or too large.</exception>
    public async Task<JobSubmission> Read(HttpRequest request, CancellationToken cancellationToken)
    {
        (ReadOnlyMemory<byte> picture, string name, JsonObject parameters, _) = await ReadPicture(request, cancellationToken);
        return new JobSubmission(Clients.Of(request.HttpContext), picture, name, parameters, Priority(request.Query["priority"]), Key(request.Headers["Idempotency-Key"]));
    }

    /// <summary>The picture of a request, its parameters, and the other fields of a multipart form.</summary>
    public async Task<PictureForm> ReadPicture(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.HasFormContentType)
        {
            return await ReadForm(request, cancellationToken);
        }

        if (!request.HasJsonContentType())
        {
            throw new BadHttpRequestException(
                "Send multipart/form-data with a file 'picture', or application/json with the picture in base64.", StatusCodes.Status415UnsupportedMediaType);
        }

        JobRequest body = await request.ReadFromJsonAsync<JobRequest>(cancellationToken) ?? throw new OptionException("The body is null; it must be an object with a picture.");
        return new PictureForm(FromBase64(body.Picture), NameOf(body.Name), body.Parameters ?? [], new Dictionary<string, string>());
    }

    /// <summary>Bytes from base64, with or without a data URL's beginning.</summary>
    /// <exception cref="OptionException">It is no base64.</exception>
    public static byte[] FromBase64(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw new OptionException("picture: is missing; it must be a picture file in base64.");
        }

        int comma = text.StartsWith("data:", StringComparison.Ordinal) ? text.IndexOf(',', StringComparison.Ordinal) : -1;
        try
        {
            return Convert.FromBase64String(comma < 0 ? text : text[(comma + 1)..]);
        }
        catch (FormatException exception)
        {
            throw new OptionException("picture: is no base64.", exception);
        }
    }

    /// <summary>A file's name as it is shown: without folders and characters that steer a terminal.</summary>
    public static string NameOf(string? given)
    {
        string last = (given ?? "").Split('/', '\\')[^1];
        string clean = string.Concat(last.Where(character => !char.IsControl(character) && !char.IsSurrogate(character))).Trim();
        return clean.Length == 0 ? DefaultName : clean.Length <= LongestName ? clean : clean[..LongestName];
    }

    private async Task<PictureForm> ReadForm(HttpRequest request, CancellationToken cancellationToken)
    {
        request.HttpContext.Features.Set<IFormFeature>(new FormFeature(request, new FormOptions
        {
            // The whole body is bounded already; the file is, right below.
            MultipartBodyLengthLimit = long.MaxValue,
            ValueCountLimit = MostFields,
            ValueLengthLimit = LongestField,
        }));
        IFormCollection form = await request.ReadFormAsync(cancellationToken);
        IFormFile file = form.Files.GetFile(PictureField) ?? throw new OptionException("picture: is missing; it must be a file of the form.");
        if (file.Length > options.MaxUploadBytes)
        {
            throw new BadHttpRequestException(
                FormattableString.Invariant($"picture: has {file.Length:N0} bytes; at most {options.MaxUploadBytes:N0} are allowed."), StatusCodes.Status413PayloadTooLarge);
        }

        byte[] picture = new byte[file.Length];
        await using Stream stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(picture, cancellationToken);
        Dictionary<string, string> fields = form.Where(field => field.Key != ParametersField).ToDictionary(field => field.Key, field => field.Value.ToString());
        return new PictureForm(picture, NameOf(file.FileName), ParseParameters(form[ParametersField]), fields);
    }

    private static JsonObject ParseParameters(StringValues text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(text.ToString(), documentOptions: new JsonDocumentOptions { MaxDepth = ServerJson.Options.MaxDepth, AllowDuplicateProperties = false }) as JsonObject
                ?? throw new OptionException("parameters: must be a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new OptionException($"parameters: is no JSON ({exception.Message})", exception);
        }
    }

    private static int Priority(StringValues text) => text.Count == 0
        ? 0
        : int.TryParse(text.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int priority) && Math.Abs((long)priority) <= LargestPriority
            ? priority
            : throw new OptionException($"priority: must be a whole number from -{LargestPriority} to {LargestPriority}.");

    private static string? Key(StringValues text) => text.Count == 0
        ? null
        : text.ToString() is { Length: > 0 and <= LongestKey } key
            ? key
            : throw new OptionException($"Idempotency-Key: must have 1 to {LongestKey} characters.");
}

/// <summary>A picture with what came along.</summary>
/// <param name="Picture">The picture file.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Parameters">The parameters.</param>
/// <param name="Fields">Other fields of the form.</param>
internal sealed record PictureForm(ReadOnlyMemory<byte> Picture, string Name, JsonObject Parameters, IReadOnlyDictionary<string, string> Fields);

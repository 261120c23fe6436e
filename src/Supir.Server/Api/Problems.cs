using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Server.Jobs;

namespace Supir.Server.Api;

/// <summary>What an exception means to whoever called: a status and a sentence, as problem+json (RFC 9457). The only place that says so.</summary>
internal sealed class Problems(IProblemDetailsService service) : IExceptionHandler
{
    /// <summary>The status of nginx for a client that went away; nobody will read it.</summary>
    private const int ClientClosedRequest = 499;

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        (int status, string? detail) = httpContext.RequestAborted.IsCancellationRequested
            ? (ClientClosedRequest, null)
            : Of(exception);
        httpContext.Response.StatusCode = status;
        if (exception is QueueFullException full)
        {
            httpContext.Response.Headers.RetryAfter = full.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return await service.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        });
    }

    private static (int Status, string? Detail) Of(Exception exception) => exception switch
    {
        OptionException => (StatusCodes.Status400BadRequest, exception.Message),
        PictureException or CheckpointException or IdempotencyException => (StatusCodes.Status422UnprocessableEntity, exception.Message),
        QueueFullException => (StatusCodes.Status429TooManyRequests, exception.Message),
        DeviceMemoryException or DeviceException or MissingLibraryException or CaptionException => (StatusCodes.Status503ServiceUnavailable, exception.Message),
        OutOfMemoryException => (StatusCodes.Status503ServiceUnavailable, "The server is short of memory: try a smaller picture, or again later."),
        OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, "The server is stopping: try again when it is back."),
        BadHttpRequestException bad => (bad.StatusCode, bad.Message),
        JsonException => (StatusCodes.Status400BadRequest, "The JSON of the request cannot be read."),
        InvalidDataException => (StatusCodes.Status400BadRequest, $"The body of the request cannot be read. {exception.Message}"),
        IOException => (StatusCodes.Status400BadRequest, "The body of the request ended early."),
        _ => (StatusCodes.Status500InternalServerError, "This is a mistake of the program: please report it, with what the server wrote."),
    };
}

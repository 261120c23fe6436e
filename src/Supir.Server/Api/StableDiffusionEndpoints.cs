using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Supir.Server.Api.Contract;
using Supir.Server.Catalogue;
using Supir.Server.Jobs;

namespace Supir.Server.Api;

/// <summary>What tools that speak the API of AUTOMATIC1111's web UI expect of an upscaler. The same jobs stand behind it.</summary>
internal static class StableDiffusionEndpoints
{
    /// <summary>Where these tools look.</summary>
    public const string Path = "/sdapi/v1";

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        RouteGroupBuilder group = endpoints.MapGroup(Path).WithTags("As AUTOMATIC1111");
        group.MapPost("/extra-single-image", Restore).WithName("extraSingleImage").WithSummary("Restore a picture and wait for it")
            .ProducesProblem(400).ProducesProblem(422).ProducesProblem(429).ProducesProblem(500);
        group.MapGet("/upscalers", Upscalers).WithName("listUpscalers").WithSummary("The models, as upscalers");
    }

    private static async Task<ExtraImageResponse> Restore(
        ExtraImageRequest request, HttpContext context, JobService jobs, JobFeeds feeds, DataFolder folder, ModelCatalogue models, PictureGate pictures, ServerLife life)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.Stopping);
        ReadOnlyMemory<byte> bytes = SubmissionReader.FromBase64(request.Image);
        ExtraImageSize size = await pictures.Run(() => ExtraImageSize.For(request, pictures.Decode(bytes.Span, "image")), end.Token);
        JsonObject parameters = new() { ["upscale"] = size.Upscale };
        if (models.Describe().FirstOrDefault(model => model.Id.Equals(request.Upscaler, StringComparison.OrdinalIgnoreCase)) is ModelInfo model)
        {
            parameters["model"] = model.Id;
        }

        JobRecord job = await jobs.Submit(new JobSubmission(Clients.Of(context), bytes, "image", parameters, 0, null), end.Token);
        try
        {
            await WaitForEnd(feeds.Find(job.Id), end.Token);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to take the result.
            jobs.Cancel(job.Id);
            throw;
        }

        JobRecord over = jobs.Find(job.Id) ?? job;
        if (over.Status != JobStatus.Succeeded)
        {
            throw new BadHttpRequestException(over.Error ?? $"The job was {over.Status.ToString().ToLowerInvariant()}.", StatusCodes.Status422UnprocessableEntity);
        }

        byte[] result = await File.ReadAllBytesAsync(folder.Of(job.Id).Result(0), end.Token);
        byte[] image = await pictures.Run(() => size.Finish(result), end.Token);
        return new ExtraImageResponse($"SUPIR: model {over.Model}, job {over.Id}", Convert.ToBase64String(image));
    }

    private static async Task WaitForEnd(JobFeed? feed, CancellationToken end)
    {
        while (feed is not null)
        {
            (JobFeedState state, Task changed) = feed.Watch();
            if (state.Status is not (JobStatus.Queued or JobStatus.Running))
            {
                return;
            }

            await changed.WaitAsync(end);
        }
    }

    private static IReadOnlyList<UpscalerInfo> Upscalers(ModelCatalogue models) =>
        [.. models.Describe().Where(model => model.Ready).Select(model => new UpscalerInfo(model.Id, model.Name, null, null, 1))];
}

/// <summary>A request of AUTOMATIC1111's <c>extra-single-image</c>, as far as it means something here; its other fields are ignored.</summary>
/// <param name="Image">The picture in base64.</param>
/// <param name="ResizeMode">0: enlarge by a factor; 1: to a size.</param>
/// <param name="UpscalingResize">The factor.</param>
/// <param name="UpscalingResizeWidth">The width of the size.</param>
/// <param name="UpscalingResizeHeight">The height of the size.</param>
/// <param name="UpscalingCrop">Whether what does not fit the size is cut off; else the picture is fitted into it.</param>
/// <param name="Upscaler">A model's id; another upscaler's name counts as the default model.</param>
internal sealed record ExtraImageRequest(
    [property: JsonPropertyName("image")] string Image,
    [property: JsonPropertyName("resize_mode")] int ResizeMode = 0,
    [property: JsonPropertyName("upscaling_resize")] double UpscalingResize = 2,
    [property: JsonPropertyName("upscaling_resize_w")] int UpscalingResizeWidth = 512,
    [property: JsonPropertyName("upscaling_resize_h")] int UpscalingResizeHeight = 512,
    [property: JsonPropertyName("upscaling_crop")] bool UpscalingCrop = true,
    [property: JsonPropertyName("upscaler_1")] string? Upscaler = null);

/// <summary>The answer.</summary>
internal sealed record ExtraImageResponse([property: JsonPropertyName("html_info")] string HtmlInfo, [property: JsonPropertyName("image")] string Image);

/// <summary>A model as an upscaler.</summary>
internal sealed record UpscalerInfo(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("model_name")] string ModelName,
    [property: JsonPropertyName("model_path")] string? ModelPath,
    [property: JsonPropertyName("model_url")] string? ModelUrl,
    [property: JsonPropertyName("scale")] double Scale);

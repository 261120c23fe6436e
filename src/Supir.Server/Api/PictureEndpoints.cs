using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Server.Jobs;

namespace Supir.Server.Api;

/// <summary>The pictures of a job.</summary>
internal static class PictureEndpoints
{
    private const int UsualQuality = 92;

    /// <summary>Pictures of a job that is over never change.</summary>
    private const string Forever = "private, max-age=31536000, immutable";

    /// <summary>Adds the endpoints.</summary>
    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder job = api.MapGroup("/jobs/{id}").WithTags("Pictures");
        job.MapGet("/result", Result).WithName("getResult").WithSummary("A result: PNG, or another format with ?format=jpeg or webp")
            .Produces<byte[]>(200, "image/png", "image/jpeg", "image/webp").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        job.MapGet("/input", Input).WithName("getInput").WithSummary("The picture that was posted, in a format that browsers show")
            .Produces<byte[]>(200, "image/png", "image/jpeg", "image/webp", "image/avif").ProducesProblem(404);
        job.MapGet("/stage1", Stage1).WithName("getStage1").WithSummary("The picture of stage 1")
            .Produces<byte[]>(200, "image/png").ProducesProblem(404);
        job.MapGet("/thumbnail", Thumbnail).WithName("getThumbnail").WithSummary("A small picture, of the result where there is one")
            .Produces<byte[]>(200, "image/webp").ProducesProblem(404);
    }

    private static async Task<IResult> Result(
        string id, HttpContext context, JobService jobs, DataFolder folder, PictureGate pictures, CancellationToken cancellationToken,
        int sample = 0, string format = "png", int quality = UsualQuality)
    {
        if (jobs.Find(id) is not JobRecord job)
        {
            return TypedResults.NotFound();
        }

        if (job.Status != JobStatus.Succeeded)
        {
            return TypedResults.Problem($"The job is {job.Status.ToString().ToLowerInvariant()}: there is no result.", statusCode: StatusCodes.Status409Conflict);
        }

        if (sample < 0 || sample >= job.Samples)
        {
            return TypedResults.Problem(
                string.Create(CultureInfo.InvariantCulture, $"sample: must be 0 to {job.Samples - 1} but is {sample}."), statusCode: StatusCodes.Status404NotFound);
        }

        PictureFormat wanted = FormatOf(format);
        string file = folder.Of(id).Result(sample);
        context.Response.Headers.CacheControl = Forever;
        context.Response.Headers.ContentDisposition = Disposition(job, sample, wanted);
        if (wanted == PictureFormat.Png)
        {
            return TypedResults.PhysicalFile(file, "image/png");
        }

        byte[] bytes = await pictures.Run(() => Convert(file, wanted, quality), cancellationToken);
        return TypedResults.Bytes(bytes, MediaType(wanted));
    }

    private static async Task<IResult> Input(
        string id, HttpContext context, JobService jobs, DataFolder folder, PictureGate pictures, CancellationToken cancellationToken)
    {
        if (jobs.Find(id) is not JobRecord job)
        {
            return TypedResults.NotFound();
        }

        byte[] bytes = await File.ReadAllBytesAsync(folder.Of(id).Input, cancellationToken);
        PictureFormat? format = PictureFile.FormatOf(bytes);
        context.Response.Headers.CacheControl = Forever;
        if (format is PictureFormat.Jpeg or PictureFormat.Png or PictureFormat.WebP or PictureFormat.Avif)
        {
            return TypedResults.Bytes(bytes, MediaType(format.Value));
        }

        byte[] shown = await pictures.Run(() => PictureFile.Encode(pictures.Decode(bytes, job.Name), PictureFormat.Png), cancellationToken);
        return TypedResults.Bytes(shown, MediaType(PictureFormat.Png));
    }

    private static IResult Stage1(string id, HttpContext context, JobService jobs, DataFolder folder) =>
        jobs.Find(id) is null ? TypedResults.NotFound() : FileOrNothing(context, folder.Of(id).Stage1, "image/png", Forever);

    private static IResult Thumbnail(string id, HttpContext context, JobService jobs, DataFolder folder) =>
        jobs.Find(id) is not JobRecord job ? TypedResults.NotFound() : FileOrNothing(context, folder.Of(id).Thumbnail, "image/webp", job.IsOver ? Forever : "no-store");

    private static IResult FileOrNothing(HttpContext context, string file, string type, string caching)
    {
        if (!File.Exists(file))
        {
            return TypedResults.NotFound();
        }

        context.Response.Headers.CacheControl = caching;
        return TypedResults.PhysicalFile(file, type);
    }

    // In the new format the picture keeps its recipe, from which it can be made again.
    private static byte[] Convert(string file, PictureFormat format, int quality)
    {
        using FileStream stream = File.OpenRead(file);
        string? recipe = PictureFile.FindRecipe(stream);
        return PictureFile.Encode(PictureFile.Load(file), format, new SaveOptions { Quality = quality, Recipe = recipe });
    }

    private static PictureFormat FormatOf(string format) => format.ToUpperInvariant() switch
    {
        "PNG" => PictureFormat.Png,
        "JPEG" or "JPG" => PictureFormat.Jpeg,
        "WEBP" => PictureFormat.WebP,
        _ => throw new OptionException("format: must be png, jpeg or webp."),
    };

    private static string MediaType(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => "image/jpeg",
        PictureFormat.WebP => "image/webp",
        PictureFormat.Avif => "image/avif",
        _ => "image/png",
    };

    private static string Disposition(JobRecord job, int sample, PictureFormat format)
    {
        string ending = format == PictureFormat.Jpeg ? "jpg" : format.ToString().ToLowerInvariant();
        string number = job.Samples == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"_{sample}");
        Microsoft.Net.Http.Headers.ContentDispositionHeaderValue value = new("inline");
        value.SetHttpFileName($"{Path.GetFileNameWithoutExtension(job.Name)}.restored{number}.{ending}");
        return value.ToString();
    }
}

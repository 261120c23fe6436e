using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Supir.Checkpoints;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Tiling;
using Supir.Server.Api.Contract;
using Supir.Server.Catalogue;
using Supir.Server.Jobs;

namespace Supir.Server.Api;

/// <summary>What can be asked about a picture before it is posted: its stage 1, its tiles, its caption.</summary>
internal static class PreparationEndpoints
{
    /// <summary>The shorter side of a stage-1 picture, as the reference's demos have it.</summary>
    private const int Stage1Side = 512;

    private const double LeastGamma = 0.1;
    private const double MostGamma = 10;
    private const string GammaField = "gamma";
    private const string TileField = "tile";

    /// <summary>Adds the endpoints.</summary>
    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("").WithTags("Preparation");
        group.MapPost("/stage1", Stage1).WithName("previewStage1").WithSummary("The picture of stage 1, at a shorter side of 512 pixels")
            .AcceptsPicture<JobRequest>((GammaField, "The power that the result's levels are raised to: below 1 is brighter."))
            .Produces<byte[]>(200, "image/png").ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(429).ProducesProblem(503);
        group.MapPost("/tiles", Tiles).WithName("listTiles").WithSummary("The tiles that a tiled model would cut the picture into")
            .AcceptsPicture<JobRequest>().ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422);
        group.MapPost("/captions", Describe).WithName("captionPicture").WithSummary("What the picture shows, in words")
            .AcceptsPicture<JobRequest>((TileField, "The tile to describe, as /tiles lists them, from 0; without it the whole picture."))
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(429).ProducesProblem(503);
    }

    private static async Task<IResult> Stage1(
        HttpRequest request, SubmissionReader reader, ModelCatalogue models, PictureGate pictures, PreparationWorker worker, CancellationToken cancellationToken)
    {
        Question question = await Ask(request, reader, models, pictures, cancellationToken);
        double gamma = Gamma(question.Fields.GetValueOrDefault(GammaField));
        RequireReady(question.Model);
        Picture clean = await worker.Run(
            (shelf, stop) => question.Clean(shelf, Stage1Side, stop), cancellationToken);
        byte[] png = await pictures.Run(() => PictureFile.Encode(GammaCorrection.Apply(clean, gamma), PictureFormat.Png), cancellationToken);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(png, "image/png");
    }

    private static async Task<TileList> Tiles(
        HttpRequest request, SubmissionReader reader, ModelCatalogue models, PictureGate pictures, CancellationToken cancellationToken)
    {
        Question question = await Ask(request, reader, models, pictures, cancellationToken);
        WorkingSize size = WorkingPicture.SizeOf(question.Picture, question.Settings);
        return new TileList(size.Width, size.Height, [.. question.Tiles().Select(tile => new Tile(tile.Left, tile.Top, tile.Width, tile.Height))]);
    }

    private static async Task<Caption> Describe(
        HttpRequest request, SubmissionReader reader, ServerOptions options, ModelCatalogue models, PictureGate pictures, PreparationWorker worker, JobWorker jobs, CaptionerShelf captioners,
        CancellationToken cancellationToken)
    {
        Question question = await Ask(request, reader, models, pictures, cancellationToken);
        CaptionOptions asked = CaptionSettings.Asked(question.Captioning, options.Captioner.Options);
        TileWindow? tile = question.Fields.GetValueOrDefault(TileField) is { Length: > 0 } number ? question.TileOf(number) : null;
        if (CatalogueEndpoints.GetCaptioner(options).Reason is string reason)
        {
            throw new CaptionException(reason);
        }

        RequireReady(question.Model);
        return new Caption(await worker.Run(
            (shelf, stop) =>
            {
                Picture clean = question.Clean(shelf, tile is null ? Stage1Side : null, stop);
                return captioners.Describe(tile is null ? clean : PictureTiles.Cut(clean, tile.Value), asked, shelf.Default.Backends[0], jobs.FreeNetworks, stop);
            },
            cancellationToken));
    }

    private static void RequireReady(ModelEntry model)
    {
        if (model.Missing is string missing)
        {
            throw new CheckpointException($"The model {model.Id} is not ready. {missing}");
        }
    }

    private static async Task<Question> Ask(
        HttpRequest request, SubmissionReader reader, ModelCatalogue models, PictureGate pictures, CancellationToken cancellationToken)
    {
        PictureForm form = await reader.ReadPicture(request, cancellationToken);
        ParameterText parameters = ParameterText.Read(form.Parameters);
        ModelEntry model = models.Find(parameters.Model);
        RestorationSettings settings = models.Resolve(model, parameters);
        Picture picture = await pictures.Run(() => pictures.Decode(form.Picture.Span, form.Name, settings.Mode), cancellationToken);
        return new Question(model, settings, picture, Convert.ToHexStringLower(SHA256.HashData(form.Picture.Span)), parameters.Captioning, form.Fields);
    }

    private static double Gamma(string? text) => string.IsNullOrEmpty(text)
        ? 1
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double gamma) && gamma is >= LeastGamma and <= MostGamma
            ? gamma
            : throw new OptionException(FormattableString.Invariant($"gamma: must be a number from {LeastGamma} to {MostGamma}."));

    private sealed record Question(
        ModelEntry Model, RestorationSettings Settings, Picture Picture, string Digest, IReadOnlyDictionary<string, string?> Captioning, IReadOnlyDictionary<string, string> Fields)
    {
        public Picture Clean(RestorerShelf shelf, int? shorterSide, CancellationToken stop) =>
            shelf.Clean(StageOneQuestion.Of(Digest, Model.Id, shorterSide, Settings), Model, Picture, Settings, stop);

        public IReadOnlyList<TileWindow> Tiles() => PictureTiles.Of(Model.Options!, Settings, WorkingPicture.SizeOf(Picture, Settings));

        public TileWindow TileOf(string number)
        {
            IReadOnlyList<TileWindow> tiles = Tiles();
            return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int tile) && tile < tiles.Count
                ? tiles[tile]
                : throw new OptionException(tiles.Count == 0 ? "tile: this model's sampler has no tiles." : $"tile: must be a whole number from 0 to {tiles.Count - 1}.");
        }
    }
}

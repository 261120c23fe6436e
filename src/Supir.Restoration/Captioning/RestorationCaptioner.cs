using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Tiling;

namespace Supir.Restoration.Captioning;

/// <summary>Gives a restoration its captions: stage 1's clean picture is described, as a whole or tile by tile.</summary>
/// <remarks>What a person said counts before any captioner. A caption that fails is told, and the run goes on without. Source: test.py,
/// which describes the picture of stage 1 at a shorter side of 512; for tiles gradio_demo_tiled.py (SUPIR @ bda91af).</remarks>
public sealed class RestorationCaptioner(Restorer restorer, ICaptioner captioner, Action<string> tell)
{
    /// <summary>The shorter side of the picture that is described.</summary>
    private const int PreviewSide = 512;

    /// <summary>Whether each tile of a tiled sampler gets a caption of its own.</summary>
    public bool IsPerTile { get; init; }

    /// <summary>Whether the captioner takes its memory where the restoration takes its own.</summary>
    public bool SharesMemory { get; init; } = true;

    /// <summary>Told the words as they come.</summary>
    public IProgress<string>? Words { get; init; }

    /// <summary>The settings with captions, which are told.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="path">Its file, where there is one.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Asked between operations.</param>
    /// <exception cref="OptionException">Captions for tiles are asked for but the model's sampler has none.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public RestorationSettings Caption(Picture picture, string? path, RestorationSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Caption.Length > 0 || settings.TileCaptions is not null)
        {
            return settings;
        }

        IReadOnlyList<TileWindow>? tiles = IsPerTile ? restorer.TilesOf(picture, settings) : null;
        if (captioner.Looks)
        {
            tell($"describing the picture: {captioner.Description}");
        }

        RestorationSettings captioned;
        long heldBefore = captioner.HeldBytes;
        try
        {
            captioned = tiles is null
                ? settings with { Caption = Describe(captioner.Looks ? restorer.Clean(picture, settings, PreviewSide, cancellationToken) : picture, path, cancellationToken) }
                : settings with { TileCaptions = DescribeTiles(restorer.Clean(picture, settings, null, cancellationToken), tiles, cancellationToken) };
        }
#pragma warning disable CA1031 // Whatever a captioner does wrong, the picture can be restored.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            tell($"no caption: {exception.Message} The restoration goes on without.");
            captioned = settings;
        }

        if (captioned.Caption.Length > 0)
        {
            tell($"caption: {captioned.Caption}");
        }

        if (SharesMemory)
        {
            MakeRoom(captioner, heldBefore, restorer, picture, captioned);
        }

        return captioned;
    }

    /// <summary>Lets a captioner keep its memory for the next picture only where a restoration does as well with it as without.</summary>
    /// <param name="captioner">The captioner.</param>
    /// <param name="heldBefore">The bytes that it held when the restorer planned last.</param>
    /// <param name="restorer">What restores.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="settings">How it is restored.</param>
    public static void MakeRoom(ICaptioner captioner, long heldBefore, Restorer restorer, Picture picture, RestorationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(captioner);
        ArgumentNullException.ThrowIfNull(restorer);
        if (captioner.HeldBytes != heldBefore)
        {
            restorer.FreeNetworks();
        }

        if (captioner.HeldBytes == 0)
        {
            return;
        }

        try
        {
            // What is free on the device does not count what the captioner holds; a limit that somebody set counts it.
            MemoryPlan plan = restorer.PlanMemory(picture, settings);
            if (!plan.IsConfined && (restorer.MemoryLimit is null || plan.Bytes + captioner.HeldBytes <= plan.LimitBytes))
            {
                return;
            }
        }
        catch (DeviceMemoryException)
        {
            // It may fit when the captioner has gone; if not, the restoration says so.
        }

        captioner.Release();
        restorer.FreeNetworks();
    }

    /// <summary>The networks that the restorer keeps for its next picture go where the captioner finds no room beside them.</summary>
    private string Describe(Picture shown, string? path, CancellationToken cancellationToken)
    {
        try
        {
            return captioner.Describe(shown, path, Words, cancellationToken);
        }
        catch (DeviceMemoryException) when (SharesMemory && restorer.KeepsNetworks)
        {
            restorer.FreeNetworks();
            return captioner.Describe(shown, path, Words, cancellationToken);
        }
    }

    private List<string> DescribeTiles(Picture clean, IReadOnlyList<TileWindow> tiles, CancellationToken cancellationToken)
    {
        List<string> captions = [];
        foreach (TileWindow tile in tiles)
        {
            captions.Add(Describe(PictureTiles.Cut(clean, tile), null, cancellationToken));
            tell($"caption of tile {captions.Count - 1}: {captions[^1]}");
        }

        return captions;
    }
}

using Supir.Cli.Display;
using Supir.Devices;
using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary>The part of <c>supir restore</c> that gives pictures their captions, if anything was asked for.</summary>
internal sealed class CaptionStep : IDisposable
{
    private readonly CaptionSource _written;
    private readonly CaptionerChoice _choice;
    private readonly ICaptioner? _captioner;
    private readonly DeviceSet? _own;

    private CaptionStep(CaptionSource written, CaptionerChoice choice, ICaptioner? captioner, DeviceSet? own)
    {
        _written = written;
        _choice = choice;
        _captioner = captioner;
        _own = own;
    }

    /// <summary>Looks at the flags and at the files that they name.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="plan">The model, whose options may name LLaVA's files.</param>
    /// <param name="backend">The restoration's device, on which LLaVA runs too unless it was given one of its own.</param>
    public static CaptionStep Open(RestoreRequest request, RestorePlan plan, IBackend backend)
    {
        CheckpointOptions files = plan.Options.Checkpoints;
        CaptionerChoice choice = CaptionSettings.Resolve(request.Captioning, plan.Devices.Kind == ComputeDevice.Cpu ? plan.MemoryLimit : null, files.LlavaModel, files.LlavaClip);

        // Who names a captioner wants that one.
        CaptionSource written = CaptionSource.Open(
            request.Settings.GetValueOrDefault("caption"), request.Captions, readsSidecars: request.Captioning.GetValueOrDefault("captioner") is null);
        DeviceSet? own = CaptionDevice.OpenBeside(choice, plan.Devices, plan.Threads);
        try
        {
            return new CaptionStep(written, choice, choice.Open(own?.Backends[0] ?? backend), own);
        }
        catch
        {
            own?.Dispose();
            throw;
        }
    }

    /// <summary>Whether pictures without a caption are given one.</summary>
    public bool IsAutomatic => _captioner is not null;

    /// <summary>The settings with the caption that a person wrote for a picture, if anyone did.</summary>
    public RestorationSettings Written(string path, RestorationSettings settings) =>
        settings.TileCaptions is null && _written.For(path) is string caption ? settings with { Caption = caption } : settings;

    /// <summary>The settings with the picture's captions, which are printed; one that a person wrote counts before what a captioner says.</summary>
    public RestorationSettings Caption(Restorer restorer, Picture picture, string path, RestorationSettings settings, Terminal terminal, CancellationToken stop)
    {
        settings = Written(path, settings);
        return _captioner is null
            ? settings
            : new RestorationCaptioner(restorer, _captioner, line => terminal.Error.WriteLine(Fault.OneLine(line))) { IsPerTile = _choice.IsPerTile, SharesMemory = _own is null, Words = new WordCount(terminal) }
                .Caption(picture, path, settings, stop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _captioner?.Dispose();
        _own?.Dispose();
    }
}

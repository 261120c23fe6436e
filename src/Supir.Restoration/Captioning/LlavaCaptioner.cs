using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.Llava;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Captioning;

/// <summary>LLaVA-1.5 in this program's own engine.</summary>
/// <remarks>The vision tower is in memory only while it looks at a picture, and gone before the language model is there. That stays for
/// the next picture until <see cref="Release"/>.</remarks>
public sealed class LlavaCaptioner : ICaptioner
{
    private const double Gigabyte = 1e9;

    private readonly LlavaFiles _files;
    private readonly LlavaOptions _llava;
    private readonly CaptionOptions _options;
    private readonly IBackend _backend;
    private readonly LlavaModel _model;
    private readonly VicunaPrompt _prompt;
    private readonly Lock _lock = new();
    private AnswerGenerator? _generator;
    private long _heldBytes;

    /// <summary>Opens the files; weights are read when the first picture comes.</summary>
    /// <param name="llava">Which model.</param>
    /// <param name="options">What it is asked.</param>
    /// <param name="backend">The device; it stays the caller's.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged, or of another model.</exception>
    public LlavaCaptioner(LlavaOptions llava, CaptionOptions options, IBackend backend)
    {
        ArgumentNullException.ThrowIfNull(llava);
        ArgumentNullException.ThrowIfNull(options);
        _llava = llava;
        _options = options;
        _backend = backend;
        _files = LlavaFiles.Open(llava.Path, llava.ClipPath);
        try
        {
            _prompt = VicunaPrompt.Ask(_files.Tokenizer, options.Question);
            WeightReader weights = new(_files.Weights);
            int positions = _prompt.Length + LlavaModel.ImageTokensOf(weights) + options.MaxTokens;
            _model = new LlavaModel(weights, positions, _files.Config with { Precision = llava.Precision });
        }
        catch
        {
            _files.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Description => $"LLaVA in {_llava.Path}, {_model.Decoder.Precision switch { WeightPrecision.FourBit => "4 bits", WeightPrecision.EightBit => "8 bits", _ => "as stored" }}";

    /// <summary>The memory of the part that takes most: the language model with a whole conversation.</summary>
    public PlanNeed Need => AnswerGenerator.Measure(_model.Decoder, _backend, _prompt.Length + _model.ImageTokens);

    /// <inheritdoc/>
    public long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <inheritdoc/>
    /// <exception cref="DeviceMemoryException">The language model needs more memory than there is.</exception>
    public string Describe(Picture picture, string? path = null, IProgress<string>? words = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        lock (_lock)
        {
            string caption;
            try
            {
                caption = CaptionText.Clean(Say(picture, words, cancellationToken));
            }
            catch (DeviceException)
            {
                ReleaseBroken();
                throw;
            }
            finally
            {
                if (_generator is null)
                {
                    Volatile.Write(ref _heldBytes, 0);
                }
            }

            return caption.Length > 0 ? caption : throw new CaptionException($"{Description} had nothing to say about the picture.");
        }
    }

    /// <inheritdoc/>
    public void Release()
    {
        lock (_lock)
        {
            AnswerGenerator? generator = _generator;
            _generator = null;
            Volatile.Write(ref _heldBytes, 0);
            generator?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        _files.Dispose();
    }

    /// <summary>What lies on a device that broke down may be lost: the next picture loads it anew.</summary>
    private void ReleaseBroken()
    {
        try
        {
            Release();
        }
        catch (DeviceException)
        {
            // The device cannot even free what it holds; the first fault says more.
        }
    }

    private string Say(Picture picture, IProgress<string>? words, CancellationToken cancellationToken)
    {
        if (_generator is null)
        {
            // From here on, so that who plans at the same time counts with it.
            Volatile.Write(ref _heldBytes, RequireMemory());
        }

        float[] features = Look(picture, cancellationToken);
        _generator ??= new AnswerGenerator(_model.Decoder, _backend);
        AnswerWords said = new(_files.Tokenizer);
        TokenSampler sampler = new(new SamplingOptions(_options.Temperature, _options.TopP, _options.Seed));
        float[] prompt = _prompt.Embed(_model.Decoder, features);
        foreach (int token in _generator.Answer(prompt, _options.MaxTokens, _files.Tokenizer.EndToken, _files.Tokenizer.Count, sampler, cancellationToken))
        {
            Tell(words, said.Add(token));
        }

        Tell(words, said.Finish());
        return said.Text;
    }

    private static void Tell(IProgress<string>? words, string text)
    {
        if (text.Length > 0)
        {
            words?.Report(text);
        }
    }

    /// <summary>The memory that will be held, of which there is enough.</summary>
    private long RequireMemory()
    {
        long there = _backend.Room?.FreeBytes ?? MemoryPlan.AvailableOnMachine();
        long limit = Math.Min(_llava.MemoryLimit ?? there, _llava.Room?.Invoke() ?? there);
        long need = Need.TotalBytes;
        if (need > limit)
        {
            string remedy = _model.Decoder.Precision == WeightPrecision.FourBit ? "Use the 7B model, or another captioner (--captioner)."
                : _llava.Precision == WeightPrecision.FourBit ? "4 bits take less: 'supir convert --type int4' makes them of the model that this one was made of."
                : "4 bits take less: leave --load_8bit_llava out.";
            throw new DeviceMemoryException(FormattableString.Invariant(
                $"{Description} takes {need / Gigabyte:F1} GB of {(_backend.Room is null ? "memory" : "GPU memory")}, but there are {limit / Gigabyte:F1} GB. {remedy}"));
        }

        return need;
    }

    /// <summary>The picture's tokens.</summary>
    private float[] Look(Picture picture, CancellationToken cancellationToken)
    {
        Graph graph = _model.DescribeVision();
        float[] rows = new float[graph.Outputs[LlavaModel.Features].Shape.ElementCount];
        using IPlan plan = _backend.Compile(graph);
        plan.SetInput(LlavaModel.Patches, _model.ToPatches(LlavaPicture.Prepare(picture, _model.ImageSize, _options.Pads)));
        plan.SetInput(LlavaModel.KindsOfTokens, _model.Kinds);
        plan.Run(null, cancellationToken);
        plan.GetOutput(LlavaModel.Features, rows);
        return rows[_model.Decoder.Channels..];
    }
}

using System.Runtime.InteropServices;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints.Conversion;

/// <summary>Writes the weights of any source as one safetensors file, under their full names and without what only training needed.</summary>
/// <remarks>One weight is in memory at a time. Norms, biases, tables, small weights, what enters or leaves a network and its timestep
/// embeddings stay in half precision, and so does every weight that would lose more than a limit. Of a LLaVA, see <see cref="LlavaQuantisation"/>.</remarks>
public static class CheckpointConverter
{
    /// <summary>What the names of the weights that networks read begin with.</summary>
    private static readonly string[] Roots =
        ["model.diffusion_model", "model.control_model", "first_stage_model", "conditioner.embedders.0", "conditioner.embedders.1"];

    /// <summary>Converts a source.</summary>
    /// <param name="source">The weights; it stays the caller's.</param>
    /// <param name="path">The file to write. It gets its name when it is whole; a file of that name is replaced then.</param>
    /// <param name="options">What to write.</param>
    /// <param name="progress">Is told after each weight.</param>
    /// <param name="cancellationToken">Asked before each weight; nothing is left behind then.</param>
    /// <exception cref="CheckpointException">A weight that is not finite or has too many axes, the same weight under two names, no weights at
    /// all, 4 bits from or to where they cannot be, or a file that cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ConversionReport Convert(
        IWeightSource source,
        string path,
        ConversionOptions options,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        List<string> dropped = [.. source.Skipped.Select(skipped => skipped.Name)];
        OrderedDictionary<string, WeightInfo> names = Select(source, options, dropped);
        WeightInfo[] weights = [.. names.Select(pair => new WeightInfo(pair.Key, pair.Value.Lengths, pair.Value.Type))];
        if (weights.Length == 0)
        {
            throw new CheckpointException($"{source.Description} holds no weights to convert.");
        }

        Func<WeightInfo, DType> typeFor = Policy(source, options, out double errorLimit);
        try
        {
            Dictionary<string, string> metadata = new(options.Metadata) { ["format"] = "pt" };
            using SafetensorsWriter writer = new(path, weights, metadata);
            using EncodingBuffer buffer = new();
            List<TensorConversion> done = [];
            EncodingError sum = default;
            long elementCount = weights.Sum(info => info.ElementCount);
            long elementsDone = 0;
            foreach (WeightInfo info in weights)
            {
                cancellationToken.ThrowIfCancellationRequested();
                DType wanted = names.ContainsKey(SafetensorsLayout.ScaleNameOf(info.Name)) ? DType.Float16 : typeFor(info);
                Weight weight = source.Get(names[info.Name].Name);
                (DType type, EncodingError error) = Write(weight, info, wanted, errorLimit, writer, buffer, source.Description);
                sum = sum.With(error);
                elementsDone += info.ElementCount;
                done.Add(new TensorConversion(info.Name, info.Type, type, info.ElementCount, error.Relative));
                progress?.Report(new ConversionProgress(info.Name, elementsDone, elementCount));
            }

            cancellationToken.ThrowIfCancellationRequested();
            writer.Finish();
            long sourceBytes = source.Tensors.Values.Sum(info => info.ByteCount) + source.Skipped.Sum(skipped => skipped.ByteCount);
            return new ConversionReport(path, done, dropped, sum.Relative, sourceBytes, writer.FileBytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Bytes that a converted source will take; more where a weight turns out to lose too much.</summary>
    /// <exception cref="CheckpointException">The same weight is there under two names, or it cannot be converted so.</exception>
    public static long Measure(IWeightSource source, ConversionOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        Func<WeightInfo, DType> typeFor = Policy(source, options, out _);
        return Select(source, options, []).Sum(pair =>
        {
            DType type = typeFor(new WeightInfo(pair.Key, pair.Value.Lengths, pair.Value.Type));
            long scales = type switch
            {
                DType.Int8 => pair.Value.Lengths[0] * sizeof(float),
                DType.Int4 => FourBitGroups.ScaleBytesOf(pair.Value.ElementCount),
                _ => 0,
            };
            return type.BytesOf(pair.Value.ElementCount) + scales;
        });
    }

    /// <summary>In which format each weight is tried, and what it may lose.</summary>
    private static Func<WeightInfo, DType> Policy(IWeightSource source, ConversionOptions options, out double errorLimit)
    {
        if (CheckpointInspection.Of(source).Kind == CheckpointKind.Llava)
        {
            LlavaQuantisation.Require(source, options.Format);
            errorLimit = double.PositiveInfinity;
            return info => LlavaQuantisation.TypeFor(info, options.Format);
        }

        if (options.Format == ConversionFormat.Int4 || source.Tensors.Values.Any(info => info.Type == DType.Int4))
        {
            throw new CheckpointException($"{source.Description} is no LLaVA: only the language model of one bears 4 bits.");
        }

        errorLimit = options.EffectiveErrorLimit;
        return info => QuantisationPolicy.TypeFor(info, options);
    }

    /// <summary>The weights to write: full name → what the source calls it.</summary>
    private static OrderedDictionary<string, WeightInfo> Select(IWeightSource source, ConversionOptions options, List<string> dropped)
    {
        OrderedDictionary<string, WeightInfo> names = [];
        bool prune = options.Prune && source.Tensors.Keys.Any(name => CheckpointNames.Normalise(name) is string full && IsRead(full));
        foreach (WeightInfo info in source.Tensors.Values)
        {
            string? name = CheckpointNames.Normalise(info.Name);
            if (name is null || (prune && !IsRead(name)))
            {
                dropped.Add(info.Name);
            }
            else if (!names.TryAdd(name, info))
            {
                throw new CheckpointException(
                    $"{source.Description} holds the same weight twice, as {Quotation.Of(names[name].Name)} and as {Quotation.Of(info.Name)}.");
            }
        }

        return names;
    }

    private static bool IsRead(string name) => Array.Exists(Roots, root => WeightReader.IsUnder(name, root));

    private static unsafe (DType Type, EncodingError Error) Write(
        Weight weight, WeightInfo info, DType wanted, double errorLimit, SafetensorsWriter writer, EncodingBuffer buffer, string description)
    {
        nint source = weight.Pin();
        try
        {
            if (weight.Type == wanted)
            {
                writer.Add(info.Name, wanted, info.Lengths, source, info.ByteCount);
                WriteScales(info, weight.Scales, writer);
                return (wanted, default);
            }

            float[]? scales = wanted == DType.Int8 ? new float[info.Lengths[0]] : null;
            nint encoded = buffer.Reserve(info.ElementCount * sizeof(float));
            nint groupScales = encoded + (nint)wanted.BytesOf(info.ElementCount);
            EncodingError error = WeightEncoder.Encode(weight, source, wanted, encoded, scales, groupScales);
            if (!double.IsFinite(error.ValueSquares))
            {
                throw new CheckpointException($"{description}: the weight {Quotation.Of(weight.Name)} holds something that is not a finite number.");
            }

            if (wanted == DType.Int4)
            {
                RequireFinite(error, weight, description);
                writer.AddFourBit(info, encoded, groupScales);
                return (wanted, error);
            }

            DType type = wanted;
            if (wanted != DType.Float16 && error.Relative > errorLimit)
            {
                type = DType.Float16;
                scales = null;
            }

            // No half holds more than 65,504.
            type = type == DType.Float16 && error.Largest > NumberFormats.LargestHalf ? DType.Float32 : type;
            if (type != wanted)
            {
                error = WeightEncoder.Encode(weight, source, type, encoded);
            }

            writer.Add(info.Name, type, info.Lengths, encoded, info.ElementCount * type.SizeInBytes);
            WriteScales(info, scales, writer);
            return (type, error);
        }
        finally
        {
            weight.Unpin();
        }
    }

    private static void RequireFinite(EncodingError error, Weight weight, string description)
    {
        if (!double.IsFinite(error.ErrorSquares))
        {
            throw new CheckpointException($"{description}: the weight {Quotation.Of(weight.Name)} holds numbers of up to {error.Largest:G3}, too large for factors in half precision.");
        }
    }

    private static unsafe void WriteScales(WeightInfo info, ReadOnlySpan<float> scales, SafetensorsWriter writer)
    {
        fixed (float* start = scales)
        {
            if (scales.Length > 0)
            {
                writer.Add(SafetensorsLayout.ScaleNameOf(info.Name), DType.Float32, [scales.Length], (nint)start, scales.Length * sizeof(float));
            }
        }
    }

    /// <summary>Memory for the weight at hand, as large as the largest so far.</summary>
    private sealed unsafe class EncodingBuffer : IDisposable
    {
        private const nuint Alignment = 64;

        private void* _start;
        private long _length;

        public nint Reserve(long length)
        {
            if (length > _length)
            {
                Dispose();
                _start = NativeMemory.AlignedAlloc((nuint)length, Alignment);
                _length = length;
            }

            return (nint)_start;
        }

        public void Dispose()
        {
            NativeMemory.AlignedFree(_start);
            _start = null;
            _length = 0;
        }
    }
}

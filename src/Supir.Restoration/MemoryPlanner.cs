using Supir.Engine;
using Supir.Restoration.Options;

namespace Supir.Restoration;

/// <summary>Finds the best way to make a run with the memory there is.</summary>
/// <remarks>Ways that change nothing in the picture come first: fewer tiles at a time, the autoencoder in bands. Then the large networks' weights
/// are kept in 8 bits, and last, on a GPU, part of them waits in the machine's memory and is brought in at every step.</remarks>
internal static class MemoryPlanner
{
    private const double BytesPerGigabyte = 1e9;

    /// <summary>How often the part of the weights that stays is made smaller, where whole matrices overshoot it.</summary>
    private const int MostCorrections = 4;

    private static readonly TiledVaeOptions[] BandSizes = [new(512, 64), new(256, 32), new(128, 16)];

    private static readonly double[] SmallerSides = [0.75, 0.5, 0.375, 0.25];

    /// <summary>Chooses.</summary>
    /// <exception cref="DeviceMemoryException">It does not fit in any way; the message says what would.</exception>
    public static MemoryPlan Choose(MemoryQuestion question, MemoryBounds bounds)
    {
        (int TileBatch, WeightKeeping Weights, PlanNeed Need)? networks = ChooseNetworks(question, bounds);
        (TiledVaeOptions? Bands, PlanNeed Need)? pictures = ChooseBands(question, bounds);
        if (networks is null || pictures is null)
        {
            throw new DeviceMemoryException(Refuse(question, bounds));
        }

        long most = Math.Max(networks.Value.Need.TotalBytes, pictures.Value.Need.TotalBytes);
        bool addsBands = question.Bands is null && pictures.Value.Bands is not null;
        return new MemoryPlan(bounds.OwnBytes + most, bounds.LimitBytes, networks.Value.Weights.Precision)
        {
            IsOnGpu = bounds.IsOnGpu,
            ResidentWeightBytes = networks.Value.Weights.ResidentBytes,
            HostBytes = networks.Value.Need.HostBytes,
            TileBatch = networks.Value.TileBatch,
            Bands = pictures.Value.Bands,
            AddsBands = addsBands,
            IsConfined = addsBands || networks.Value.TileBatch < question.TileBatch || networks.Value.Weights.ResidentBytes is not null
                || networks.Value.Weights.Precision != (question.Precision ?? WeightPrecision.AsStored),
        };
    }

    private static (int, WeightKeeping, PlanNeed)? ChooseNetworks(MemoryQuestion question, MemoryBounds bounds)
    {
        WeightPrecision[] precisions = question.Precision is WeightPrecision only ? [only] : [WeightPrecision.AsStored, WeightPrecision.EightBit];
        List<(WeightPrecision Precision, bool IsStreamed)> ways = [.. precisions.Select(precision => (precision, false))];
        if (bounds.IsOnGpu)
        {
            ways.Add((precisions[^1], true));
        }

        foreach ((WeightPrecision precision, bool isStreamed) in ways)
        {
            for (int batch = question.TileBatch; batch >= 1; batch /= 2)
            {
                WeightKeeping? keeping = isStreamed ? Stream(question, bounds, batch, precision) : new WeightKeeping(precision, null);
                if (keeping is WeightKeeping weights && question.Networks(batch, weights) is PlanNeed need && bounds.Fits(need))
                {
                    return (batch, weights, need);
                }
            }
        }

        return null;
    }

    /// <summary>As many weights stay as there is room for beside the values and the ring through which the others come.</summary>
    private static WeightKeeping? Stream(MemoryQuestion question, MemoryBounds bounds, int batch, WeightPrecision precision)
    {
        long resident = bounds.LimitBytes - bounds.OwnBytes - question.Networks(batch, new WeightKeeping(precision, 0)).TotalBytes;
        for (int correction = 0; correction < MostCorrections && resident >= 0; correction++)
        {
            WeightKeeping weights = new(precision, resident);
            long excess = bounds.OwnBytes + question.Networks(batch, weights).TotalBytes - bounds.LimitBytes;
            if (excess <= 0)
            {
                return weights;
            }

            resident = Math.Max(0, resident - excess);
        }

        return null;
    }

    private static (TiledVaeOptions?, PlanNeed)? ChooseBands(MemoryQuestion question, MemoryBounds bounds)
    {
        // Bands that are asked for are to take less memory, not more: a picture of a band's size is worked at once.
        IEnumerable<TiledVaeOptions?> ways = question.Bands is null ? [null, .. BandSizes]
            : question.Pictures(null).TotalBytes <= question.Pictures(question.Bands).TotalBytes ? [null]
            : [question.Bands];
        foreach (TiledVaeOptions? bands in ways)
        {
            PlanNeed need = question.Pictures(bands);
            if (bounds.Fits(need))
            {
                return (bands, need);
            }
        }

        return null;
    }

    private static string Refuse(MemoryQuestion question, MemoryBounds bounds)
    {
        long LeastOf(WeightPrecision precision) =>
            bounds.OwnBytes + Math.Max(question.Networks(1, new WeightKeeping(precision, null)).TotalBytes, question.Pictures(question.Bands ?? BandSizes[^1]).TotalBytes);

        string memory = bounds.IsOnGpu ? "GPU memory" : "memory";
        double? fitting = SmallerSides.Cast<double?>().FirstOrDefault(part => bounds.OwnBytes + question.Smaller(part!.Value).TotalBytes <= bounds.LimitBytes);
        string tiles = bounds.IsOnGpu ? ", or choose a sampler with tiles (--sampler TiledRestoreEDMSampler)" : "";
        string remedy = fitting is double sides
            ? FormattableString.Invariant($"A working picture of about {question.Width * sides:F0}×{question.Height * sides:F0} would fit: lower --min_size or --upscale{tiles}.")
            : FormattableString.Invariant($"Even the smallest picture needs more: the weights alone take {question.Networks(1, new WeightKeeping(WeightPrecision.EightBit, null)).WeightBytes / BytesPerGigabyte:F1} GB in 8 bits.");
        return FormattableString.Invariant(
            $"Restoring at {question.Width}×{question.Height} takes {LeastOf(WeightPrecision.EightBit) / BytesPerGigabyte:F1} GB of {memory} with weights in 8 bits, {LeastOf(WeightPrecision.AsStored) / BytesPerGigabyte:F1} GB as stored, but there are {bounds.LimitBytes / BytesPerGigabyte:F1} GB. {remedy}");
    }
}

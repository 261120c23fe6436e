using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Weights;

namespace Supir.Engine.Cuda.Planning;

/// <summary>A matrix that is brought to the GPU anew each time before it is used.</summary>
/// <param name="Key">The matrix.</param>
/// <param name="Offset">Its place in the ring.</param>
/// <param name="WaitsFor">The last transfer before it, counted from 0 within a part, whose use must be over because it lies in the same
/// place; −1 for none.</param>
internal sealed record WeightTransfer(MatrixKey Key, long Offset, int WaitsFor);

/// <summary>Which weights of a plan stay on the GPU, and how the others pass through a ring of memory there.</summary>
internal sealed class WeightStreams
{
    /// <summary>Once-a-run weights that together are smaller stay.</summary>
    private const long LeastPerRunBytes = 64L << 20;

    /// <summary>A smaller matrix stays: the transfer would cost more than the place is worth.</summary>
    private const long LeastBytes = 1L << 20;

    /// <summary>A larger matrix is streamed only if the others are not enough, as the ring must hold several.</summary>
    private const long UsualMostBytes = 32L << 20;

    /// <summary>Matrices of the largest size in the ring: one in use, the others on the way.</summary>
    private const int Depth = 4;

    /// <summary>Chooses.</summary>
    /// <param name="perRun">Products that run once a run, with their matrices, in order.</param>
    /// <param name="perStep">Those of every step.</param>
    /// <param name="otherBytes">Bytes of weights that are no matrices and stay.</param>
    /// <param name="residentBytes">The most that may stay, or <c>null</c> for all that every step uses.</param>
    public WeightStreams(
        IReadOnlyList<(FusedStep Step, MatrixKey Key)> perRun, IReadOnlyList<(FusedStep Step, MatrixKey Key)> perStep, long otherBytes, long? residentBytes)
    {
        HashSet<MatrixKey> stays = [.. perStep.Select(item => item.Key)];
        List<(FusedStep, MatrixKey)> once = [.. perRun.Where(item => !stays.Contains(item.Key))];
        if (once.Sum(item => item.Item2.Bytes) < Math.Min(LeastPerRunBytes, residentBytes ?? long.MaxValue))
        {
            once.Clear();
        }

        HashSet<MatrixKey> leaves = Leaving(perStep, (residentBytes ?? long.MaxValue) - otherBytes);
        List<(FusedStep Step, MatrixKey Key)> always = [.. perStep.Where(item => leaves.Contains(item.Key))];
        RingBytes = Math.Max(RingBytesFor(once), RingBytesFor(always));
        PerRun = Place(once);
        PerStep = Place(always);
        Streamed = [.. once.Concat(always).Select(item => item.Item2).Distinct()];
        HashSet<MatrixKey> streamed = [.. Streamed];
        Resident = [.. perRun.Concat(perStep).Select(item => item.Key).Distinct().Where(key => !streamed.Contains(key))];
    }

    /// <summary>Transfers of the once-a-run part, by step.</summary>
    public IReadOnlyDictionary<FusedStep, WeightTransfer> PerRun { get; }

    /// <summary>Transfers of every step, by step.</summary>
    public IReadOnlyDictionary<FusedStep, WeightTransfer> PerStep { get; }

    /// <summary>Matrices that wait in pinned memory.</summary>
    public IReadOnlyList<MatrixKey> Streamed { get; }

    /// <summary>Matrices that stay on the GPU.</summary>
    public IReadOnlyList<MatrixKey> Resident { get; }

    /// <summary>Bytes of the ring.</summary>
    public long RingBytes { get; }

    /// <summary>The transfer of a step's matrix, or <c>null</c> where it stays.</summary>
    public WeightTransfer? Of(FusedStep step) => PerRun.GetValueOrDefault(step) ?? PerStep.GetValueOrDefault(step);

    /// <summary>Evenly over the step, so that transfers and work go side by side; what is used twice stays.</summary>
    private static HashSet<MatrixKey> Leaving(IReadOnlyList<(FusedStep Step, MatrixKey Key)> products, long most)
    {
        List<MatrixKey> all = [.. products.GroupBy(item => item.Key).Select(group => group.Key)];
        HashSet<MatrixKey> usedTwice = [.. products.GroupBy(item => item.Key).Where(group => group.Count() > 1).Select(group => group.Key)];
        long excess = all.Sum(key => key.Bytes) - Math.Max(0, most);
        HashSet<MatrixKey> leaves = [];
        if (excess <= 0)
        {
            return leaves;
        }

        foreach (long largest in new[] { UsualMostBytes, long.MaxValue })
        {
            leaves.Clear();
            List<MatrixKey> candidates = [.. all.Where(key => key.Bytes >= LeastBytes && key.Bytes <= largest && !usedTwice.Contains(key))];
            long sum = candidates.Sum(key => key.Bytes);
            long passed = 0;
            long left = 0;
            foreach (MatrixKey key in candidates)
            {
                passed += key.Bytes;
                if (left < Math.Min(excess, (double)excess * passed / sum))
                {
                    leaves.Add(key);
                    left += key.Bytes;
                }
            }

            if (left >= excess)
            {
                break;
            }
        }

        return leaves;
    }

    private static long RingBytesFor(List<(FusedStep Step, MatrixKey Key)> products) =>
        products.Count == 0 ? 0 : Math.Min(Depth * products.Max(item => item.Key.Bytes), products.Sum(item => item.Key.Bytes));

    private Dictionary<FusedStep, WeightTransfer> Place(List<(FusedStep Step, MatrixKey Key)> products)
    {
        Dictionary<FusedStep, WeightTransfer> transfers = [];
        List<(long First, long End)> places = [];
        long next = 0;
        foreach ((FusedStep step, MatrixKey key) in products)
        {
            long first = next + key.Bytes <= RingBytes ? next : 0;
            next = first + key.Bytes;
            int last = places.FindLastIndex(place => place.First < next && first < place.End);
            places.Add((first, next));
            transfers.Add(step, new WeightTransfer(key, first, last));
        }

        return transfers;
    }
}

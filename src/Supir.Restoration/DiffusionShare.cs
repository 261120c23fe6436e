namespace Supir.Restoration;

/// <summary>How the rows of a step's batch, each latent in each half, are divided among devices.</summary>
/// <remarks>A row needs nothing of another one. So one latent in both halves keeps two devices busy, and tiles or samples any number.
/// Which device computes which row depends on numbers alone: the same machine gives the same picture again.</remarks>
/// <param name="RowsOfRun">Rows that a device computes at a time.</param>
/// <param name="Runs">For each device the first rows of its runs; those that would find nothing to do are left out.</param>
internal sealed record DiffusionShare(int RowsOfRun, IReadOnlyList<IReadOnlyList<int>> Runs)
{
    /// <summary>Divides evenly.</summary>
    /// <param name="latents">Latents: samples or tiles.</param>
    /// <param name="halves">Rows of a latent.</param>
    /// <param name="mostLatents">Latents, in all halves, that a device may compute at a time.</param>
    /// <param name="devices">Devices.</param>
    public static DiffusionShare Of(int latents, int halves, int mostLatents, int devices)
    {
        int rows = latents * halves;
        int ofDevice = Quotient(rows, devices);
        int runs = Quotient(ofDevice, mostLatents * halves);
        int ofRun = Quotient(ofDevice, runs);
        if (runs > 1)
        {
            // Whole latents: then every run of a device has the same texts, whose keys and values are computed once.
            ofRun = Quotient(ofRun, halves) * halves;
        }

        int all = Quotient(rows, ofRun);
        int used = Math.Min(devices, all);
        return new DiffusionShare(ofRun, [.. Enumerable.Range(0, used).Select(device => RunsOf(device, used, all, ofRun))]);
    }

    private static IReadOnlyList<int> RunsOf(int device, int devices, int runs, int rowsOfRun) =>
        [.. Enumerable.Range(0, runs).Where(run => run % devices == device).Select(run => run * rowsOfRun)];

    private static int Quotient(int number, int divisor) => (number + divisor - 1) / divisor;
}

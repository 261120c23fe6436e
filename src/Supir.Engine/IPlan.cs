namespace Supir.Engine;

/// <summary>A compiled graph: runs any number of times, without allocating.</summary>
public interface IPlan : IDisposable
{
    /// <summary>Bytes of the arena that holds every value; known when the plan is made.</summary>
    long ArenaBytes { get; }

    /// <summary>Copies single-precision numbers in the layout [N, H, W, C] into a named input.</summary>
    /// <exception cref="ArgumentException">No such input, or not as many numbers as it has.</exception>
    void SetInput(string name, ReadOnlySpan<float> elements);

    /// <summary>Runs the whole graph; what follows from once-per-run inputs alone is computed only if one of them was set again.</summary>
    /// <param name="progress">Told between operations which part of the work is done, 0 to 1.</param>
    /// <param name="cancellationToken">Asked between operations.</param>
    /// <exception cref="OperationCanceledException">Asked for between two operations; the plan can be run again.</exception>
    void Run(IProgress<double>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Copies a named output out, in the layout [N, H, W, C].</summary>
    /// <exception cref="ArgumentException">No such output, or not as many numbers as it has.</exception>
    void GetOutput(string name, Span<float> elements);
}

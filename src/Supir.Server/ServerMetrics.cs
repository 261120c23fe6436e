using System.Diagnostics.Metrics;
using Supir.Server.Jobs;

namespace Supir.Server;

/// <summary>What the server counts about jobs, for OpenTelemetry; the framework counts requests.</summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Supir.Server";

    private readonly Meter _meter;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _seconds;

    /// <summary>Begins to count.</summary>
    public ServerMetrics(IMeterFactory factory, JobQueue queue)
    {
        _meter = factory.Create(MeterName);
        _ended = _meter.CreateCounter<long>("supir.jobs.ended", "{job}", "Jobs that are over, by how they ended.");
        _seconds = _meter.CreateHistogram<double>("supir.job.duration", "s", "The time that jobs that succeeded took, without waiting.");
        _meter.CreateObservableGauge("supir.jobs.queued", () => queue.Count, "{job}", "Jobs that wait.");
    }

    /// <summary>Counts a job that is over.</summary>
    public void NoteEnd(JobStatus status) => _ended.Add(1, new KeyValuePair<string, object?>("status", status.ToString().ToLowerInvariant()));

    /// <summary>Counts the time of a job.</summary>
    public void NoteTime(TimeSpan time) => _seconds.Record(time.TotalSeconds);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}

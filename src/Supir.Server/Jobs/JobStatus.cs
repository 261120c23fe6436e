using System.Text.Json.Serialization;

namespace Supir.Server.Jobs;

/// <summary>How a job stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobStatus>))]
public enum JobStatus
{
    /// <summary>It waits for its turn.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>It is worked on.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Its results are there.</summary>
    [JsonStringEnumMemberName("succeeded")]
    Succeeded,

    /// <summary>It could not be done; its error says why.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Someone called it off.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

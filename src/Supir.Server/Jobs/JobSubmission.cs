using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Supir.Server.Jobs;

/// <summary>A request for a job.</summary>
/// <param name="Client">Who asks.</param>
/// <param name="Picture">The picture file.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Parameters">The parameters, by the command line's names.</param>
/// <param name="Priority">Higher ones go first.</param>
/// <param name="IdempotencyKey">What the request is called, so that repeating it makes no second job; <c>null</c> for nothing.</param>
internal sealed record JobSubmission(
    string Client, ReadOnlyMemory<byte> Picture, string Name, JsonObject Parameters, int Priority, string? IdempotencyKey)
{
    /// <summary>A digest of everything that the job depends on.</summary>
    public string Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(Picture.Span));
        hash.AppendData(Encoding.UTF8.GetBytes($"{Priority}\n{Parameters.ToJsonString()}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

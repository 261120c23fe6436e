using Supir.Restoration.Options;
using Supir.Server.Api.Contract;

namespace Supir.Server.Catalogue;

/// <summary>A model that jobs may name: an options file that could be read, or why it could not.</summary>
internal sealed record ModelEntry(string Id, ModelOptions? Options, string? Fault)
{
    /// <summary>Why no job can use it; <c>null</c> if one can.</summary>
    public string? Missing
    {
        get
        {
            if (Options is null)
            {
                return Fault;
            }

            CheckpointOptions files = Options.Checkpoints;
            string[] missing = [.. new[] { files.Sdxl, files.Supir, files.Quality ?? files.Fidelity }.OfType<string>().Where(file => !File.Exists(file))];
            return missing.Length == 0 ? null : $"Put these files into place: {string.Join(", ", missing.Select(Path.GetFileName))}.";
        }
    }

    /// <summary>The variants whose checkpoints are there.</summary>
    public IReadOnlyList<string> Variants =>
    [
        .. File.Exists(Options?.Checkpoints.Quality) ? ["Q"] : Array.Empty<string>(),
        .. File.Exists(Options?.Checkpoints.Fidelity) ? ["F"] : Array.Empty<string>(),
    ];

    /// <summary>What the API says of it.</summary>
    public ModelInfo Describe(RestorationSettings? defaults, bool isDefault) => new(
        Id, Id.Replace('_', ' '), Variants, Missing is null, Missing, Options?.Notice, Options?.Sampler.Kind.ShortName ?? "", Options?.Sampler.Tiles is not null, defaults?.Steps ?? 0, isDefault);
}

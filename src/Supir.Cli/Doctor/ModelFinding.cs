using Supir.Checkpoints;
using Supir.Restoration.Options;

namespace Supir.Cli.Doctor;

/// <summary>The model that comes along.</summary>
internal static class ModelFinding
{
    /// <summary>Opens what the default options file names and says what it is.</summary>
    public static Finding Look() => Finding.Of("model", () =>
    {
        ModelOptions options = OptionsFile.Load(ShippedFiles.DefaultOptions);
        IReadOnlyList<string> files = options.Checkpoints.For(SupirVariant.Quality);
        using OverlaySource source = new([.. files.Select(SafetensorsFile.Open)]);
        CheckpointInspection inspection = CheckpointInspection.Of(source);
        return inspection.Missing.Count == 0
            ? FormattableString.Invariant($"{inspection.Title}, {inspection.ParameterCount / 1e6:0.0} million parameters ({source.Description})")
            : throw new CheckpointException($"{source.Description} lacks {string.Join(", ", inspection.Missing.Select(part => part.Description))}.");
    });
}

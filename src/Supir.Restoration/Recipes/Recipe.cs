using System.Reflection;
using Supir.Engine;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Restoration.Recipes;

/// <summary>All that a restored picture follows from: with the same files on the same device it comes out the same, byte for byte.</summary>
/// <remarks>It holds nothing that differs between two such runs: no date, duration, path or host. <see cref="RecipeText"/> writes and reads it.
/// </remarks>
public sealed record Recipe
{
    /// <summary>This program's version.</summary>
    public static string ThisVersion { get; } =
        typeof(Recipe).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>The version of the program that made the picture.</summary>
    public required string Version { get; init; }

    /// <summary>The picture that was restored.</summary>
    public required FileIdentity Input { get; init; }

    /// <summary>The model.</summary>
    public required ModelIdentity Model { get; init; }

    /// <summary>What computed: "cpu" or "cuda".</summary>
    public required string Device { get; init; }

    /// <summary>How the weights were kept, once that is known: it hangs on the memory that was free.</summary>
    public WeightPrecision? Weights { get; init; }

    /// <summary>Flag → text, for every flag that changes the picture.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>A caption for each tile, or <c>null</c>.</summary>
    public IReadOnlyList<string>? TileCaptions { get; init; }

    /// <summary>Which of the samples this is, from 0.</summary>
    public int Sample { get; init; }

    /// <summary>The recipe of a picture that is yet to be made.</summary>
    /// <param name="input">The picture to be restored.</param>
    /// <param name="model">The model.</param>
    /// <param name="device">What computes.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="format">The format to be written.</param>
    public static Recipe For(FileIdentity input, ModelIdentity model, ComputeDevice device, RestorationSettings settings, PictureFormat format)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new Recipe
        {
            Version = ThisVersion,
            Input = input,
            Model = model,
            Device = device == ComputeDevice.Cuda ? "cuda" : "cpu",
            Settings = SettingFlags.Of(settings with { Format = format }),
            TileCaptions = settings.TileCaptions,
        };
    }

    /// <summary>The recipe of a sample that has been made: with the seed that was drawn, and how the weights were kept.</summary>
    public Recipe Made(Restored restored, int sample)
    {
        ArgumentNullException.ThrowIfNull(restored);
        SortedList<string, string> settings = new(Settings.ToDictionary(), StringComparer.Ordinal)
        {
            ["seed"] = SettingFlags.Of(restored.Settings)["seed"],
        };
        return this with { Settings = settings, Weights = restored.Memory.Precision, Sample = sample };
    }

    /// <summary>Whether a picture with another recipe is what this one asks for: all is the same but the program's version, the precision of the
    /// weights and, where none is asked for, the seed.</summary>
    /// <param name="other">The other recipe.</param>
    /// <param name="anyCaption">Whether any caption will do.</param>
    public bool IsFulfilledBy(Recipe other, bool anyCaption = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        bool IsFree(string flag) => (flag == "caption" && anyCaption) || (flag == "seed" && Settings[flag] == "-1");
        return other.Input.Sha256 == Input.Sha256
            && other.Input.Name == Input.Name
            && other.Model.Description == Model.Description
            && other.Model.Files.SequenceEqual(Model.Files)
            && other.Device == Device
            && other.Sample == Sample
            && (anyCaption || (other.TileCaptions ?? []).SequenceEqual(TileCaptions ?? []))
            && other.Settings.Count == Settings.Count
            && Settings.All(flag => IsFree(flag.Key) || other.Settings.GetValueOrDefault(flag.Key) == flag.Value);
    }
}

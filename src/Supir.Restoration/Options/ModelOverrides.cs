namespace Supir.Restoration.Options;

/// <summary>What a person says of the model beside the options file: paths, LoRAs, in what precision weights are read.</summary>
/// <param name="Paths">One of <see cref="CheckpointPaths.Keys"/> → path; <c>null</c> for one that was not given.</param>
public sealed record ModelOverrides(IReadOnlyDictionary<string, string?> Paths)
{
    /// <summary>Nothing said.</summary>
    public static ModelOverrides None { get; } = new(new Dictionary<string, string?>());

    /// <summary>A file of paths that was named (<c>--checkpoints</c>), or <c>null</c>.</summary>
    public string? PathsFile { get; init; }

    /// <summary>LoRAs, each FILE or FILE:STRENGTH (<c>--lora</c>); they follow those of the options file.</summary>
    public IReadOnlyList<string> Loras { get; init; } = [];

    /// <summary>Whether weights in single precision are read in half (<c>--loading_half_params</c>).</summary>
    public bool HalfParameters { get; init; }

    /// <summary>The options with all this in them; relative paths start in the working folder.</summary>
    /// <exception cref="OptionException">A path, file or strength cannot be followed.</exception>
    public ModelOptions Apply(ModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string folder = Directory.GetCurrentDirectory();
        CheckpointOptions checkpoints = options.Checkpoints;
        if (PathsFile is string file)
        {
            checkpoints = CheckpointPaths.Load(file).Replace(checkpoints, replacesEncoders: false);
        }

        checkpoints = CheckpointPaths.Of(Paths, folder, key => $"--{key}").Replace(checkpoints, replacesEncoders: true);
        return options with
        {
            Checkpoints = checkpoints with
            {
                Loras = [.. checkpoints.Loras, .. Loras.Select(lora => LoraFile.Parse(lora, "--lora", folder))],
                HalfParameters = checkpoints.HalfParameters || HalfParameters,
            },
        };
    }
}

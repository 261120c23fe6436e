using System.Diagnostics;
using Supir.Cli.Display;
using Supir.Devices;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;

namespace Supir.Cli.Commands;

/// <summary><c>supir rerun</c>: makes a restored picture again from the recipe that it keeps.</summary>
internal static class RerunCommand
{
    private const string OutputEnding = ".rerun";

    /// <summary>Restores again, and tells whether the same came of it.</summary>
    public static int Run(RerunRequest request, Terminal terminal, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        string picture = request.Picture;
        Recipe recipe = RecipeText.Find(picture) ?? throw new PictureException(
            picture, "it keeps no recipe: it was not made by this program, or another program has saved it since without its metadata.");
        SourceFile source = FindInput(request, recipe);
        RestorePlan plan = PlanOf(request, recipe);
        string output = request.Output ?? OutputBeside(picture);
        RequireFormat(recipe, plan, output);
        PictureFile.RequireWritable(output);
        LeftoverFiles.Remove(output);
        Picture input = source.Decode(plan.Settings.Mode);

        using Workbench bench = Workbench.Open(plan, terminal, stop);
        RequireModel(recipe.Model, bench.Model);
        Restorer restorer = bench.Restorers[0];
        restorer.RequiredPrecision = recipe.Weights;
        Restored restored = ProgressDisplay.Restore(terminal, progress => restorer.Restore(input, plan.Settings, progress, stop));
        stop.ThrowIfCancellationRequested();
        byte[] before = File.ReadAllBytes(picture);
        ResultFile.Save(restored, recipe.Sample, output, recipe with { Version = Recipe.ThisVersion });

        new Report(output, input, restored, Stopwatch.GetElapsedTime(start), bench.Notes).Write(terminal.Output);
        terminal.Output.WriteLine(File.ReadAllBytes(output).AsSpan().SequenceEqual(before)
            ? $"{picture}: made again, the same bytes"
            : $"{picture}: made again, other bytes ({WhyOther(recipe)})");
        return ExitCodes.Done;
    }

    private static SourceFile FindInput(RerunRequest request, Recipe recipe)
    {
        string path = request.Input ?? Path.Combine(Path.GetDirectoryName(request.Picture) ?? "", Path.GetFileName(recipe.Input.Name));
        if (request.Input is null && !File.Exists(path))
        {
            throw new PictureException(path, $"{request.Picture} was made of this picture, which is not beside it; name it with --input.");
        }

        SourceFile source = SourceFile.Read(path);
        return source.Identity.Sha256 == recipe.Input.Sha256
            ? source
            : throw new PictureException(
                path, $"it is not the picture that {request.Picture} was made of: its SHA-256 is {source.Identity.Sha256}, the recipe's {recipe.Input.Sha256}. Name the right one with --input.");
    }

    private static RestorePlan PlanOf(RerunRequest request, Recipe recipe)
    {
        int threads = ThreadCount.Parse(request.Threads);
        DeviceChoice devices = DeviceChoice.Of(request.Device ?? recipe.Device);
        long? memory = MemoryAmount.Limit(devices.Kind, request.Ram, request.Vram);
        ModelOptions options = request.Model.Apply(OptionsFile.Load(request.Options ?? ShippedFiles.OptionsNamed(Path.GetFileName(recipe.Model.Options))));

        // The recipe says everything; a file's defaults and prompts may have changed since.
        ModelOptions bare = options with { DefaultSettings = new Dictionary<string, string>() };
        try
        {
            Dictionary<string, string?> flags = recipe.Settings.ToDictionary(flag => flag.Key, string? (flag) => flag.Value);
            RestorationSettings settings = SettingsResolver.Resolve(bare, flags, devices.Kind) with { TileCaptions = recipe.TileCaptions };
            return recipe.Sample >= 0 && recipe.Sample < settings.Samples
                ? new RestorePlan(bare, settings, devices, threads, memory)
                : throw new OptionException($"there is no sample {recipe.Sample} of {settings.Samples}.");
        }
        catch (OptionException exception)
        {
            throw new PictureException(request.Picture, $"its recipe cannot be followed here: {exception.Message}", exception);
        }
    }

    private static void RequireFormat(Recipe recipe, RestorePlan plan, string output)
    {
        if (plan.Settings.Format is PictureFormat format && SupportedFormats.ForWriting(output) is PictureFormat named && named != format)
        {
            throw new OptionException($"--output: {output} asks for {named}, but the recipe of {recipe.Input.Name} is for {format}.");
        }
    }

    private static void RequireModel(ModelIdentity expected, ModelIdentity found)
    {
        for (int i = 0; i < Math.Max(expected.Files.Count, found.Files.Count); i++)
        {
            FileIdentity? wanted = expected.Files.ElementAtOrDefault(i);
            FileIdentity? given = found.Files.ElementAtOrDefault(i);
            if (wanted?.Sha256 != given?.Sha256 || wanted?.Strength != given?.Strength)
            {
                throw new Checkpoints.CheckpointException(
                    $"{given?.Name ?? "(no file)"}: the recipe was made with {Say(wanted)}, but here is {Say(given)}. Name the right files, in an options file (--opt) or by the flags of restore.");
            }
        }

        if (expected.Description != found.Description)
        {
            throw new OptionException($"{found.Options}: says something else of the model than {expected.Options} did for the recipe; name the right options file with --opt.");
        }
    }

    private static string Say(FileIdentity? file) => file is null ? "no further file"
        : FormattableString.Invariant($"{file.Name} (SHA-256 {file.Sha256}{(file.Strength is float strength ? $", strength {strength}" : "")})");

    private static string WhyOther(Recipe recipe) => recipe.Version == Recipe.ThisVersion
        ? "another processor or libvips, or the file was changed"
        : $"it was made by version {recipe.Version}, this is {Recipe.ThisVersion}";

    private static string OutputBeside(string picture) => Path.Combine(
        Path.GetDirectoryName(picture) ?? "", Path.GetFileNameWithoutExtension(picture) + OutputEnding + Path.GetExtension(picture));
}

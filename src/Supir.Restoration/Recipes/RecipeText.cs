using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Supir.Engine;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Recipes;

/// <summary>Recipes as JSON in ASCII, the same text for the same recipe.</summary>
/// <remarks>Every run writes a recipe, few read one. What writes names the fields itself: a serializer that asks the types delays every start.</remarks>
public static class RecipeText
{
    /// <summary>The layout of the text; a later one may not be understood.</summary>
    private const int Layout = 1;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<WeightPrecision>(JsonNamingPolicy.CamelCase) },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The text of a recipe.</summary>
    public static string Write(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("supirRecipe", Layout);
            writer.WriteStartObject("recipe");
            writer.WriteString("version", recipe.Version);
            writer.WritePropertyName("input");
            Write(writer, recipe.Input);
            Write(writer, recipe.Model);
            writer.WriteString("device", recipe.Device);
            if (recipe.Weights is WeightPrecision weights)
            {
                writer.WriteString("weights", JsonNamingPolicy.CamelCase.ConvertName(weights.ToString()));
            }

            WriteSettings(writer, recipe);
            writer.WriteNumber("sample", recipe.Sample);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length);
    }

    /// <summary>The recipe of a text.</summary>
    /// <param name="text">The text, which is not trusted.</param>
    /// <param name="name">What an error message calls the file that it is from.</param>
    /// <exception cref="PictureException">It is not a recipe that this program understands.</exception>
    public static Recipe Read(string text, string name)
    {
        try
        {
            Envelope envelope = JsonSerializer.Deserialize<Envelope>(text, Format) ?? throw new JsonException("it is null");
            return envelope.Layout == Layout
                ? envelope.Recipe
                : throw new PictureException(name, $"its recipe has the layout {envelope.Layout}, this program understands {Layout}: use a newer version.");
        }
        catch (JsonException exception)
        {
            throw new PictureException(name, $"its recipe is damaged ({exception.Message.TrimEnd('.')}).", exception);
        }
    }

    /// <summary>The recipe that a picture's file keeps, or <c>null</c> where it keeps none.</summary>
    /// <exception cref="PictureException">The file cannot be read, or its recipe is not one that this program understands.</exception>
    public static Recipe? Find(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return PictureFile.FindRecipe(file) is string text ? Read(text, path) : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PictureException(path, "there is no such file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PictureException(path, $"the file cannot be read ({exception.Message.TrimEnd('.')}).", exception);
        }
    }

    private static void Write(Utf8JsonWriter writer, ModelIdentity model)
    {
        writer.WriteStartObject("model");
        writer.WriteString("options", model.Options);
        writer.WriteString("description", model.Description);
        writer.WriteStartArray("files");
        foreach (FileIdentity file in model.Files)
        {
            Write(writer, file);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, FileIdentity file)
    {
        writer.WriteStartObject();
        writer.WriteString("name", file.Name);
        writer.WriteString("sha256", file.Sha256);
        if (file.Strength is float strength)
        {
            writer.WriteNumber("strength", strength);
        }

        writer.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter writer, Recipe recipe)
    {
        writer.WriteStartObject("settings");
        foreach ((string flag, string text) in recipe.Settings)
        {
            writer.WriteString(flag, text);
        }

        writer.WriteEndObject();
        if (recipe.TileCaptions is IReadOnlyList<string> captions)
        {
            writer.WriteStartArray("tileCaptions");
            foreach (string caption in captions)
            {
                writer.WriteStringValue(caption);
            }

            writer.WriteEndArray();
        }
    }

    private sealed record Envelope([property: JsonPropertyName("supirRecipe")] int Layout, Recipe Recipe);
}

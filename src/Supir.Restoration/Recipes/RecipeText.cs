using System.Text.Json;
using System.Text.Json.Serialization;
using Supir.Engine;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Recipes;

/// <summary>Recipes as JSON in ASCII, the same text for the same recipe.</summary>
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
    public static string Write(Recipe recipe) => JsonSerializer.Serialize(new Envelope(Layout, recipe), Format);

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

    private sealed record Envelope([property: JsonPropertyName("supirRecipe")] int Layout, Recipe Recipe);
}

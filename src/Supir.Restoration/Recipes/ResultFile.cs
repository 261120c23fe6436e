using Supir.Restoration.Imaging;

namespace Supir.Restoration.Recipes;

/// <summary>Writes restored pictures with their recipes: for the command line, for folders, for the server.</summary>
public static class ResultFile
{
    /// <summary>The bytes of a sample's file.</summary>
    /// <param name="restored">What was made.</param>
    /// <param name="sample">Which sample, from 0.</param>
    /// <param name="format">The format.</param>
    /// <param name="recipe">The recipe it was made by; seed and precision are filled in.</param>
    /// <exception cref="OptionException">The picture is too large for the format.</exception>
    public static byte[] Encode(Restored restored, int sample, PictureFormat format, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(restored);
        return PictureFile.Encode(restored.Samples[sample], format, Options(restored, sample, recipe));
    }

    /// <summary>Writes a sample's file in the format that its name says; it appears whole or not at all.</summary>
    /// <exception cref="OptionException">The path cannot be written, or the picture is too large for the format.</exception>
    public static void Save(Restored restored, int sample, string path, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(restored);
        PictureFile.Save(restored.Samples[sample], path, Options(restored, sample, recipe));
    }

    /// <summary>Whether a path holds what a recipe asks for.</summary>
    /// <param name="path">The path.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="anyCaption">Whether any caption will do, because none was written and a captioner would find one.</param>
    public static bool IsDone(string path, Recipe recipe, bool anyCaption = false)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        try
        {
            return File.Exists(path) && RecipeText.Find(path) is Recipe found && recipe.IsFulfilledBy(found, anyCaption);
        }
        catch (PictureException)
        {
            return false;
        }
    }

    private static SaveOptions Options(Restored restored, int sample, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return new SaveOptions { Quality = restored.Settings.Quality, Bits = restored.Bits, Recipe = RecipeText.Write(recipe.Made(restored, sample)) };
    }
}

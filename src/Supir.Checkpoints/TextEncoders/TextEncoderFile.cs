namespace Supir.Checkpoints.TextEncoders;

/// <summary>Opens files with one text encoder and gives its weights the names that they have in SDXL's file.</summary>
internal static class TextEncoderFile
{
    /// <summary>Opens a file or folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="rename">The full name of a name in the file, or <c>null</c> for what is no part of the text encoder.</param>
    /// <param name="required">A full name that every such text encoder has.</param>
    /// <param name="expected">What was expected, for the message.</param>
    public static IWeightSource Open(string path, Func<string, string?> rename, string required, string expected)
    {
        IWeightSource file = CheckpointFile.Open(path);
        try
        {
            RenamedSource renamed = new(file, name => rename(CheckpointNames.WithoutWrapper(name)));
            return renamed.Tensors.ContainsKey(required)
                ? renamed
                : throw new CheckpointException($"{file.Description} does not hold the text encoder of {expected}.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}

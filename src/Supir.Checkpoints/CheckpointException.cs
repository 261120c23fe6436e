namespace Supir.Checkpoints;

/// <summary>A checkpoint file is missing, damaged or not what it should be: the file's fault, not the program's.</summary>
/// <remarks>The message is one sentence or two for the user: it names the file and the tensor or byte, and what was expected.</remarks>
public sealed class CheckpointException : Exception
{
    /// <summary>Says what is wrong with which file.</summary>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong with which file, and what the system said.</summary>
    public CheckpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

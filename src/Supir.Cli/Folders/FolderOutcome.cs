using Supir.Restoration;

namespace Supir.Cli.Folders;

/// <summary>What became of a picture.</summary>
internal enum PictureState
{
    /// <summary>It was restored and written.</summary>
    Done,

    /// <summary>What is to be made of it is there already, by the recipe.</summary>
    Skipped,

    /// <summary>It could not be read, restored or written.</summary>
    Failed,
}

/// <summary>What became of a picture, with the details.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="State">What became of it.</param>
/// <param name="Time">How long restoring took.</param>
/// <param name="Restored">What was made of it, if anything.</param>
/// <param name="Fault">Why nothing was, if so.</param>
internal sealed record FolderOutcome(FolderPicture Picture, PictureState State, TimeSpan Time, Restored? Restored, Fault? Fault);

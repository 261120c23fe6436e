namespace Supir.Models.Vae.Banded;

/// <summary>Counts the memory of a run that is gone through without computing anything.</summary>
internal sealed class MemoryTally
{
    private long _stored;

    /// <summary>The most that was needed at once, in bytes.</summary>
    public long Peak { get; private set; }

    /// <summary>Something is stored from now on.</summary>
    public void Take(long bytes) => _stored += bytes;

    /// <summary>It is let go.</summary>
    public void GiveBack(long bytes) => _stored -= bytes;

    /// <summary>Some work needs so much beside what is stored.</summary>
    public void Work(long bytes) => Peak = Math.Max(Peak, _stored + bytes);
}

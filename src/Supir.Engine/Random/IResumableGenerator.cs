namespace Supir.Engine.Random;

/// <summary>A stream of random numbers whose place can be written down and gone back to, in another process too.</summary>
public interface IResumableGenerator : INoiseGenerator
{
    /// <summary>The place in the stream.</summary>
    byte[] SaveState();

    /// <summary>Goes to a place that a generator of this kind and seed has written down.</summary>
    /// <exception cref="ArgumentException">The bytes are no place of this kind of generator.</exception>
    void RestoreState(ReadOnlySpan<byte> state);
}

namespace Supir.Engine.Plans;

/// <summary>Memory that a plan needs for a while.</summary>
/// <param name="Bytes">How much.</param>
/// <param name="FirstStep">The step that writes it first; −1 for what is there before the first step.</param>
/// <param name="LastStep">The last step that reads it; <see cref="int.MaxValue"/> for what outlives the run.</param>
internal readonly record struct MemoryRequest(long Bytes, int FirstStep, int LastStep)
{
    /// <summary>Whether both are needed at some step.</summary>
    public bool Overlaps(MemoryRequest other) => FirstStep <= other.LastStep && other.FirstStep <= LastStep;
}

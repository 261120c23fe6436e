namespace Supir.Restoration.Sampling;

/// <summary>Where a sampler stands between two steps: all that the next step reads beside the sampler's arguments.</summary>
/// <param name="Step">How many steps are done.</param>
/// <param name="Latent">x.</param>
/// <param name="History">What the sampler keeps of earlier steps, the last one first: D₋₁ for DPM++ 2M, derivatives for linear multistep.</param>
public sealed record SamplerState(int Step, float[] Latent, IReadOnlyList<float[]> History)
{
    /// <summary>A copy that later steps do not change.</summary>
    public SamplerState Copy() => new(Step, [.. Latent], [.. History.Select(values => (float[])[.. values])]);

    /// <summary>Refuses a state that no run of these lengths can have been in.</summary>
    /// <exception cref="ArgumentException">It is one.</exception>
    internal void RequireOf(int steps, int length)
    {
        if (Step < 0 || Step > steps || Latent.Length != length || History.Any(values => values.Length != length))
        {
            throw new ArgumentException($"A state after step {Step} with {Latent.Length} elements is not one of a run of {steps} steps with {length} elements.");
        }
    }
}

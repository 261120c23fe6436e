namespace Supir.Restoration.Sampling;

/// <summary>A step of sampling is done.</summary>
/// <param name="Step">How many are done, from 1.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="Sigma">The noise level reached.</param>
/// <param name="State">Where the sampler stands. It goes on in the same arrays: who keeps the state keeps a copy.</param>
public readonly record struct SamplerProgress(int Step, int Steps, float Sigma, SamplerState State);

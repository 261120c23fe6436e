namespace Supir.Restoration.Sampling;

/// <summary>A step of sampling is done.</summary>
/// <param name="Step">How many are done, from 1.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="Sigma">The noise level reached.</param>
public readonly record struct SamplerProgress(int Step, int Steps, float Sigma);

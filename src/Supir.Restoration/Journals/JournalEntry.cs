using Supir.Engine;
using Supir.Restoration.Sampling;

namespace Supir.Restoration.Journals;

/// <summary>What a journal keeps: from here a run goes on as if nothing had happened.</summary>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Precision">How its weights were kept.</param>
/// <param name="State">Where the sampler stood.</param>
/// <param name="CpuGenerator">Where torch's CPU stream stood.</param>
/// <param name="DeviceGenerator">Where the device's stream stood; the same where it is the CPU's.</param>
internal sealed record JournalEntry(long Seed, WeightPrecision Precision, SamplerState State, byte[] CpuGenerator, byte[] DeviceGenerator);

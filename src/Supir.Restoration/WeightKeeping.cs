using Supir.Engine;

namespace Supir.Restoration;

/// <summary>How the weights of the large networks are kept.</summary>
/// <param name="Precision">In how many bits.</param>
/// <param name="ResidentBytes">How much of them stays on a GPU, the rest being brought in at every step; <c>null</c> for all.</param>
internal readonly record struct WeightKeeping(WeightPrecision Precision, long? ResidentBytes);

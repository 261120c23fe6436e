namespace Supir.Restoration;

/// <summary>How far a restoration is.</summary>
/// <param name="Stage">What is going on.</param>
/// <param name="Step">Steps of the stage that are done; 0 of 0 for a stage without steps.</param>
/// <param name="Steps">Steps of the stage.</param>
/// <param name="Fraction">The part of the whole arithmetic that is done, 0 to 1.</param>
/// <param name="Elapsed">Time since the start.</param>
/// <param name="Remaining">An estimate of the time that is left; <c>null</c> while there is nothing to go by.</param>
public readonly record struct RestorationProgress(
    RestorationStage Stage, int Step, int Steps, double Fraction, TimeSpan Elapsed, TimeSpan? Remaining);

using Supir.Restoration.Imaging;

namespace Supir.Restoration.Previews;

/// <summary>What a picture looks like half way.</summary>
/// <param name="Stage"><see cref="RestorationStage.Stage1"/>, with the whole picture of stage 1, or <see cref="RestorationStage.Sample"/>,
/// with a pixel for every place of the latent.</param>
/// <param name="Step">Sampling steps that are done.</param>
/// <param name="Picture">The picture; of several samples the first.</param>
public sealed record RestorationPreview(RestorationStage Stage, int Step, Picture Picture);

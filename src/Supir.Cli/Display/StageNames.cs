using Supir.Restoration;

namespace Supir.Cli.Display;

/// <summary>What the stages are called on a terminal.</summary>
internal static class StageNames
{
    extension(RestorationStage stage)
    {
        /// <summary>One or two words.</summary>
        public string Title => stage switch
        {
            RestorationStage.Text => "text",
            RestorationStage.Encode => "encode",
            RestorationStage.Stage1 => "stage 1",
            RestorationStage.Sample => "sample",
            RestorationStage.Decode => "decode",
            _ => "finish",
        };
    }

    extension(RestorationProgress progress)
    {
        /// <summary>Stage, step and time left, such as "sample, step 3 of 8, about 12 s left".</summary>
        public string Sentence
        {
            get
            {
                string step = progress.Steps > 0 ? $", step {Math.Min(progress.Step + 1, progress.Steps)} of {progress.Steps}" : "";
                string left = progress.Remaining is TimeSpan remaining ? $", about {Durations.Rough(remaining)} left" : "";
                return progress.Stage.Title + step + left;
            }
        }
    }
}

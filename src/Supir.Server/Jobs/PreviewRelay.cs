using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Previews;
using Supir.Server.Api.Contract;

namespace Supir.Server.Jobs;

/// <summary>Shows a job half way: the picture of stage 1 goes into a file, too; small pictures go to whoever watches.</summary>
/// <param name="feed">The job's feed, if it has one.</param>
/// <param name="files">Its files.</param>
/// <param name="betweenSteps">Done between two steps, when the device is free for a moment.</param>
internal sealed class PreviewRelay(JobFeed? feed, JobFiles files, Action betweenSteps) : IProgress<RestorationPreview>
{
    private const int LongestSide = 512;
    private const int Quality = 75;

    /// <inheritdoc/>
    public void Report(RestorationPreview value)
    {
        if (value.Stage == RestorationStage.Stage1)
        {
            JobFiles.Write(files.Stage1, PictureFile.Encode(value.Picture, PictureFormat.Png));
        }

        if (feed is not null)
        {
            byte[] jpeg = PictureFile.Encode(PictureGate.Shrink(value.Picture, LongestSide), PictureFormat.Jpeg, new SaveOptions { Quality = Quality });
            feed.Show(new JobPreview(Convert.ToBase64String(jpeg), ProgressRelay.NameOf(value.Stage), value.Step));
        }

        betweenSteps();
    }
}

using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Supir.Web.Tests;

[Collection(BrowserTests.Name)]
public sealed partial class RestoringTests(BrowserFixture browser)
{
    [Fact]
    public async Task A_picture_goes_from_the_desk_to_stage_1_to_a_result_with_a_slider()
    {
        await using PageSession session = await browser.OpenWith("way.jpg");
        IPage page = session.Page;
        await Expect(page.GetByRole(AriaRole.Figure, new() { Name = "Your picture and Stage 1" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Slider, new() { Name = "Your picture and Stage 1" })).ToBeVisibleAsync();
        await page.GetByLabel("What does it show?").FillAsync("A bee on a flower.");
        await session.Restore();

        await Expect(session.Result("way.jpg")).ToBeVisibleAsync();
        ILocator slider = session.Slider;
        await Expect(slider).ToHaveAttributeAsync("aria-valuenow", "50");
        await slider.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(slider).ToHaveAttributeAsync("aria-valuenow", "54");
        await page.Keyboard.PressAsync("End");
        await Expect(slider).ToHaveAttributeAsync("aria-valuetext", "100 % before, 0 % after");
    }

    [Fact]
    public async Task A_result_is_downloaded_in_the_format_that_was_asked_for()
    {
        await using PageSession session = await browser.Open();
        await session.RestoreWhole(Files.Photograph("down.jpg"));
        foreach ((string format, string ending, string signature) in
            ((string, string, string)[])[("PNG", "png", "89504E470D0A1A0A"), ("JPEG", "jpg", "FFD8FF"), ("WebP", "webp", "52494646")])
        {
            await session.Page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
            IDownload download = await session.Page.RunAndWaitForDownloadAsync(() => session.Page.GetByRole(AriaRole.Menuitem, new() { Name = format }).ClickAsync());

            Assert.Equal($"down.restored.{ending}", download.SuggestedFilename);
            byte[] bytes = await File.ReadAllBytesAsync(await download.PathAsync());
            Assert.StartsWith(signature, Convert.ToHexString(bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_running_job_tells_its_stage_and_step_shows_a_preview_and_can_be_called_off()
    {
        await using PageSession session = await browser.OpenWith("long.jpg", new PageSetting(Values: PageSetting.Endless));
        await session.Restore();

        ILocator progress = session.Page.GetByRole(AriaRole.Region, new() { Name = "Progress of long.jpg" });
        await Expect(progress.GetByText("Stage 2: painting the detail back")).ToBeVisibleAsync();
        await Expect(progress.GetByText(StepWords())).ToBeVisibleAsync();
        await Expect(progress.GetByRole(AriaRole.Progressbar, new() { Name = "Progress" })).ToHaveAttributeAsync("aria-valuenow", Number());
        await Expect(progress.GetByAltText("long.jpg as far as it is")).ToBeVisibleAsync();

        await progress.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(session.Page.GetByText("You called this off")).ToBeVisibleAsync();
        await Expect(session.Page.GetByRole(AriaRole.Button, new() { Name = "Restore it anew" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Several_pictures_form_a_queue_that_is_sent_with_one_click()
    {
        await using PageSession session = await browser.Open();
        IPage page = session.Page;
        await session.Choose(Files.Photograph("one.jpg"), Files.Photograph("two.jpg"), Files.Photograph("three.jpg"));
        ILocator strip = page.GetByRole(AriaRole.List, new() { Name = "Pictures" });
        await Expect(strip.GetByText("not sent yet")).ToHaveCountAsync(3);

        await page.GetByRole(AriaRole.Button, new() { Name = "Restore all 3" }).ClickAsync();
        await Expect(strip.GetByText(", restored")).ToHaveCountAsync(3);
        await strip.GetByRole(AriaRole.Button, new() { Name = "two.jpg, restored" }).ClickAsync();
        await Expect(session.Result("two.jpg")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Several_samples_are_seen_side_by_side_and_zoomed_in_step()
    {
        await using PageSession session = await browser.Open(new PageSetting(Values: """{"min_size":64,"edm_steps":1,"num_samples":2}"""));
        IPage page = session.Page;
        await session.RestoreWhole(Files.Photograph("samples.jpg"));
        await page.GetByRole(AriaRole.Radio, new() { Name = "Sample 2" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Side by side" }).ClickAsync();

        ILocator panes = page.GetByRole(AriaRole.Figure, new() { Name = "Side by side" });
        foreach (string name in (string[])["Before", "Sample 1", "Sample 2"])
        {
            await Expect(panes.GetByAltText(name, new() { Exact = true })).ToBeVisibleAsync();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
        // Frames differ in width by fractions of a pixel.
        string[] scales = await panes.Locator("img").EvaluateAllAsync<string[]>(
            "images => images.map(image => Number(/scale\\((.*)\\)/.exec(image.style.transform)[1]).toFixed(2))");
        Assert.Equal(3, scales.Length);
        Assert.Single(scales.Distinct());
    }

    [Fact]
    public async Task A_file_that_is_no_picture_is_refused_in_words_and_the_next_one_is_restored()
    {
        await using PageSession session = await browser.Open();
        IPage page = session.Page;
        await session.Choose(Files.Text("notes.pdf", "no picture"));
        await Expect(page.GetByText("notes.pdf: no picture that can be restored.", new() { Exact = true })).ToBeVisibleAsync();

        await session.Choose(Files.Broken("broken.jpg"));
        ILocator alert = page.GetByRole(AriaRole.Alert);
        await Expect(alert).ToContainTextAsync("“broken.jpg” cannot be restored");
        await Expect(alert).ToContainTextAsync("broken");
        await alert.GetByRole(AriaRole.Button, new() { Name = "Take it away" }).ClickAsync();

        await session.RestoreWhole(Files.Photograph("good.jpg"));
        await Expect(session.Result("good.jpg")).ToBeVisibleAsync();
    }

    [GeneratedRegex(@"step \d+ of 1000")]
    private static partial Regex StepWords();

    [GeneratedRegex(@"^\d+$")]
    private static partial Regex Number();
}

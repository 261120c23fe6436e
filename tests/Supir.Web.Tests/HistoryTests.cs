using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Supir.Web.Tests;

[Collection(BrowserTests.Name)]
public sealed class HistoryTests(BrowserFixture browser)
{
    [Fact]
    public async Task Restorations_and_feedback_are_still_there_after_a_kill_and_a_restart()
    {
        string data = Directory.CreateTempSubdirectory("supir-web-restart-").FullName;
        using (ServeProcess before = await ServeProcess.Start(data))
        {
            await using PageSession session = await browser.Open(before);
            await session.RestoreWhole(Files.Photograph("kept.jpg"));
            await session.Page.GotoAsync("/#/history");
            await session.Page.GetByRole(AriaRole.Link, new() { Name = "kept.jpg" }).ClickAsync();
            await session.Page.GetByRole(AriaRole.Radio, new() { Name = "4 of 5" }).ClickAsync();
            await session.Page.GetByLabel("What is good about it, what is not?").FillAsync("The wings are sharp.");
            await session.Page.GetByRole(AriaRole.Button, new() { Name = "Keep feedback" }).ClickAsync();
            await Expect(session.Page.GetByText("Kept with this picture.")).ToBeVisibleAsync();
        }

        using (ServeProcess after = await ServeProcess.Start(data))
        {
            await using PageSession session = await browser.Open(after);
            await session.Page.GotoAsync("/#/history");
            await session.Page.GetByRole(AriaRole.Link, new() { Name = "kept.jpg" }).ClickAsync();
            await Expect(session.Slider).ToBeVisibleAsync();
            await Expect(session.Page.GetByRole(AriaRole.Radio, new() { Name = "4 of 5" })).ToBeCheckedAsync();
            await Expect(session.Page.GetByLabel("What is good about it, what is not?")).ToHaveValueAsync("The wings are sharp.");
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task The_history_is_searched_and_an_entry_is_deleted_after_a_question()
    {
        await using PageSession session = await browser.Open();
        IPage page = session.Page;
        await session.RestoreWhole(Files.Photograph("findme.jpg"));
        await session.RestoreWhole(Files.Photograph("other.jpg"));
        await page.GetByRole(AriaRole.Link, new() { Name = "History" }).ClickAsync();
        ILocator list = page.GetByRole(AriaRole.List, new() { Name = "Restorations" });
        await Expect(list.GetByText("other.jpg")).ToBeVisibleAsync();

        await page.GetByLabel("Search the history").FillAsync("findme");
        await Expect(list.GetByRole(AriaRole.Link)).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete findme.jpg" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();
        await Expect(list.GetByRole(AriaRole.Link)).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete findme.jpg" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Nothing found")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_an_earlier_visit_left_unfinished_lies_on_the_desk_again()
    {
        await using PageSession session = await browser.OpenWith("left.jpg", new PageSetting(Values: PageSetting.Endless));
        await session.Restore();
        await Expect(session.Page.GetByRole(AriaRole.Region, new() { Name = "Progress of left.jpg" })).ToBeVisibleAsync();

        await session.Page.ReloadAsync();
        ILocator progress = session.Page.GetByRole(AriaRole.Region, new() { Name = "Progress of left.jpg" });
        await progress.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(session.Page.GetByText("You called this off")).ToBeVisibleAsync();
    }
}

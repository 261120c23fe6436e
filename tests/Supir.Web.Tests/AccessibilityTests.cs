using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Supir.Web.Tests;

[Collection(BrowserTests.Name)]
public sealed class AccessibilityTests(BrowserFixture browser)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_serious_in_any_state(ColorScheme theme)
    {
        await using PageSession session = await browser.Open(new PageSetting(Theme: theme));
        IPage page = session.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await session.AssertAccessible("the empty desk");

        await session.Choose(Files.Photograph($"axe-{theme}.jpg"));
        await Expect(page.GetByRole(AriaRole.Slider, new() { Name = "Your picture and Stage 1" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "All parameters" }).ClickAsync();
        await Expect(page.GetByText("Churn", new() { Exact = true })).ToBeVisibleAsync();
        await session.AssertAccessible("a picture with all parameters");

        await session.Choose(Files.Broken("axe-broken.jpg"));
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await session.AssertAccessible("a picture that cannot be read");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it away" }).ClickAsync();

        await session.Restore();
        await Expect(session.Slider).ToBeVisibleAsync();
        await session.AssertAccessible("a result");
        await page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
        await session.AssertAccessible("the download menu");
        await page.Keyboard.PressAsync("Escape");

        await page.GetByRole(AriaRole.Link, new() { Name = "History" }).ClickAsync();
        await Expect(page.GetByText($"axe-{theme}.jpg")).ToBeVisibleAsync();
        await session.AssertAccessible("the history");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Delete axe-{theme}.jpg" }).ClickAsync();
        await session.AssertAccessible("a question");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = $"axe-{theme}.jpg" }).ClickAsync();
        await Expect(session.Slider).ToBeVisibleAsync();
        await session.AssertAccessible("a restoration of the history");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_serious_while_a_job_runs(ColorScheme theme)
    {
        await using PageSession session = await browser.OpenWith("axe-running.jpg", new PageSetting(Theme: theme, Values: PageSetting.Endless));
        await session.Restore();
        ILocator progress = session.Page.GetByRole(AriaRole.Region, new() { Name = "Progress of axe-running.jpg" });
        await Expect(progress.GetByText("Stage 2")).ToBeVisibleAsync();
        await session.AssertAccessible("a running job");
        await progress.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(session.Page.GetByText("You called this off")).ToBeVisibleAsync();
        await session.AssertAccessible("a job that was called off");
    }

    [Fact]
    public async Task Everything_on_the_way_of_a_picture_is_reached_with_the_keyboard_alone()
    {
        await using PageSession session = await browser.Open();
        IPage page = session.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "To the content" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("main")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Choose pictures" })).ToBeFocusedAsync();

        await session.Choose(Files.Photograph("keys.jpg"));
        await page.GetByLabel("What does it show?").FocusAsync();
        await page.Keyboard.TypeAsync("A bee.");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(session.Slider).ToBeVisibleAsync();
        await session.Slider.FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Zoom out" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Nothing_reaches_past_the_edges_of_a_phone()
    {
        await using PageSession session = await browser.Open(new PageSetting(Width: 360, Height: 740, IsPhone: true));
        IPage page = session.Page;
        await AssertFits(page, "the empty desk");
        // Whoever has seen enough need not scroll to go on.
        ILocator restore = page.GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true });
        await session.Choose(Files.Photograph("a-photograph-with-quite-a-long-name-as-phones-give-them-20260101_123456.jpg"));
        await Expect(page.GetByRole(AriaRole.Slider, new() { Name = "Your picture and Stage 1" })).ToBeVisibleAsync();
        await Expect(restore).ToBeInViewportAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "All parameters" }).ClickAsync();
        await AssertFits(page, "a picture with all parameters");
        await Expect(restore).ToBeInViewportAsync();
        await session.Restore();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).Or(session.Slider).First).ToBeInViewportAsync();
        await Expect(session.Slider).ToBeVisibleAsync();
        await AssertFits(page, "a result");
        await page.GetByRole(AriaRole.Link, new() { Name = "History" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "a-photograph" }).First.ClickAsync();
        await Expect(session.Slider).ToBeVisibleAsync();
        await AssertFits(page, "a restoration of the history");
    }

    private static async Task AssertFits(IPage page, string state)
    {
        int[] widths = await page.EvaluateAsync<int[]>("() => [document.documentElement.scrollWidth, window.innerWidth]");
        Assert.True(widths[0] <= widths[1], $"{state} is {widths[0]} pixels wide on a screen of {widths[1]}.");
    }
}

using System.Globalization;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Supir.Web.Tests;

[Collection(BrowserTests.Name)]
public sealed class ViewerTests(BrowserFixture browser)
{
    [Fact]
    public async Task Wheel_keys_and_double_click_zoom_both_pictures_about_the_same_place()
    {
        await using PageSession session = await browser.Open();
        IPage page = session.Page;
        ILocator result = await session.RestoreWhole(Files.Photograph("zoom.jpg"));
        ILocator zoom = result.Locator("output");
        int fitted = await Percent(zoom);

        ILocator picture = result.GetByRole(AriaRole.Figure);
        LocatorBoundingBoxResult box = (await picture.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 3), box.Y + (box.Height / 3));
        await page.Mouse.WheelAsync(0, -600);
        await Expect(zoom).Not.ToHaveTextAsync($"{fitted} %");
        Assert.True(await Percent(zoom) > 2 * fitted);
        string[] transforms = await Transforms(picture);
        Assert.Equal(2, transforms.Length);
        Assert.Equal(transforms[0], transforms[1]);

        // Dragging now moves the picture and leaves the slider alone.
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width / 3) - 80, box.Y + (box.Height / 3) - 40);
        await page.Mouse.UpAsync();
        Assert.NotEqual(transforms[0], (await Transforms(picture))[0]);
        await Expect(session.Slider).ToHaveAttributeAsync("aria-valuenow", "50");

        await session.Slider.FocusAsync();
        await page.Keyboard.PressAsync("1");
        await Expect(zoom).ToHaveTextAsync("100 %");
        await page.Keyboard.PressAsync("0");
        await Expect(zoom).ToHaveTextAsync($"{fitted} %");
        await page.Keyboard.PressAsync("+");
        await Expect(zoom).Not.ToHaveTextAsync($"{fitted} %");
    }

    [Fact]
    public async Task A_drag_over_the_whole_picture_moves_the_slider()
    {
        await using PageSession session = await browser.Open();
        ILocator result = await session.RestoreWhole(Files.Photograph("drag.jpg"));
        LocatorBoundingBoxResult box = (await result.GetByRole(AriaRole.Figure).BoundingBoxAsync())!;
        await session.Page.Mouse.MoveAsync(box.X + (box.Width * 0.6f), box.Y + 100);
        await session.Page.Mouse.DownAsync();
        await session.Page.Mouse.MoveAsync(box.X + (box.Width * 0.25f), box.Y + 100);
        await session.Page.Mouse.UpAsync();
        await Expect(session.Slider).ToHaveAttributeAsync("aria-valuenow", "25");
    }

    [Fact]
    public async Task The_loupe_shows_the_place_under_the_pointer_pixel_by_pixel()
    {
        await using PageSession session = await browser.Open();
        IPage page = session.Page;
        ILocator result = await session.RestoreWhole(Files.Photograph("loupe.jpg"));
        await session.Slider.FocusAsync();
        await page.Keyboard.PressAsync("l");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Loupe", Exact = true })).ToHaveAttributeAsync("aria-pressed", "true");

        ILocator picture = result.GetByRole(AriaRole.Figure);
        LocatorBoundingBoxResult box = (await picture.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + 150);
        await Expect(page.GetByText("After · 1:1")).ToBeVisibleAsync();
        string[] transforms = await Transforms(picture);
        Assert.Equal(4, transforms.Length);
        Assert.All(transforms[2..], transform => Assert.EndsWith("scale(1)", transform, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gamma_changes_stage_1_at_once()
    {
        await using PageSession session = await browser.OpenWith("gamma.jpg");
        IPage page = session.Page;
        ILocator stage1 = page.GetByAltText("Stage 1", new() { Exact = true });
        await Expect(stage1).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Slider, new() { Name = "Gamma" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator("feFuncR")).ToHaveAttributeAsync("exponent", "0.8");
        Assert.StartsWith("url(", await stage1.EvaluateAsync<string>("image => image.style.filter"), StringComparison.Ordinal);
    }

    private static async Task<int> Percent(ILocator zoom) => int.Parse((await zoom.InnerTextAsync()).Replace(" %", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static Task<string[]> Transforms(ILocator viewer) => viewer.Locator("img").EvaluateAllAsync<string[]>("images => images.map(image => image.style.transform)");
}

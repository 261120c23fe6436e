using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Supir.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Supir.Web.Tests;

/// <summary>With a captioner: a server on this machine that numbers its answers.</summary>
[Collection(BrowserTests.Name)]
public sealed class CaptionTests(BrowserFixture browser)
{
    private const string Tiled = """{"min_size":128,"edm_steps":1,"sampler":"TiledRestoreEDM","tile_size":16,"tile_stride":8}""";

    [Fact]
    public async Task The_captioner_says_what_a_picture_shows_and_its_words_can_be_changed_and_steer_the_restoration()
    {
        using ChatServer captioner = new(Numbered());
        using ServeProcess program = await Start(captioner);
        await using PageSession session = await browser.Open(program);
        IPage page = session.Page;
        await session.Choose(Files.Photograph("told.jpg"));
        await page.GetByRole(AriaRole.Button, new() { Name = "All parameters" }).ClickAsync();
        await page.GetByLabel("Question", new() { Exact = true }).FillAsync("Who is it?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Describe it for me" }).ClickAsync();

        ILocator caption = page.GetByLabel("What does it show?");
        await Expect(caption).ToHaveValueAsync("Caption 1.");
        Assert.Equal("Who is it?", Assert.Single(captioner.Requests).Question);
        await caption.FillAsync("Caption 1, mended.");
        await session.Restore();
        await Expect(session.Slider).ToBeVisibleAsync();
        await page.GotoAsync("/#/history");
        await page.GetByRole(AriaRole.Link, new() { Name = "told.jpg" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Definition).GetByText("Caption 1, mended.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_captioner_that_fails_is_told_of_and_the_picture_is_restored_without()
    {
        using ChatServer captioner = new(_ => new ChatAnswer(401, "{}"));
        using ServeProcess program = await Start(captioner);
        await using PageSession session = await browser.Open(program);
        await session.Choose(Files.Photograph("untold.jpg"));
        await session.Page.GetByRole(AriaRole.Button, new() { Name = "Describe it for me" }).ClickAsync();
        await Expect(session.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("SUPIR_CAPTIONER_KEY");
        await session.Restore();
        await Expect(session.Slider).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_captioner_fills_the_tile_map_and_each_caption_can_be_changed_before_it_is_used()
    {
        using ChatServer captioner = new(Numbered());
        using ServeProcess program = await Start(captioner);
        await using PageSession session = await browser.Open(program, new PageSetting(Values: Tiled));
        IPage page = session.Page;
        await session.Choose(Files.Photograph("tiles.jpg"));
        await page.GetByRole(AriaRole.Switch, new() { Name = "A caption for each tile" }).ClickAsync();
        ILocator map = page.GetByRole(AriaRole.Radiogroup, new() { Name = "Tile", Exact = true });
        // 200 pixels are worked at as 192, 24 places of the latent: two tiles of 16 on each side.
        const int count = 4;
        await page.GetByRole(AriaRole.Button, new() { Name = $"Describe all {count}" }).ClickAsync();
        for (int tile = 1; tile <= count; tile++)
        {
            await Expect(map.GetByRole(AriaRole.Radio, new() { Name = $"Tile {tile}: Caption {tile}.", Exact = true })).ToBeVisibleAsync();
        }

        await map.GetByRole(AriaRole.Radio, new() { Name = "Tile 2: Caption 2." }).ClickAsync();
        ILocator second = page.GetByLabel($"Tile 2 of {count} shows");
        await Expect(second).ToHaveValueAsync("Caption 2.");
        await second.FillAsync("A wing.");
        await session.AssertAccessible("the tile map");
        await session.Restore();
        await Expect(session.Slider).ToBeVisibleAsync();

        JsonArray used = (await session.Used("tiles.jpg"))["tile_captions"]!.AsArray();
        Assert.Equal(["Caption 1.", "A wing.", "Caption 3.", "Caption 4."], used.Select(text => text!.GetValue<string>()));
    }

    private static Task<ServeProcess> Start(ChatServer captioner) => ServeProcess.Start(null, 0, "--captioner", captioner.Address, "--captioner_model", "seer");

    private static Func<ChatRequest, ChatAnswer> Numbered()
    {
        int count = 0;
        return _ => ChatAnswer.Of(string.Create(CultureInfo.InvariantCulture, $"Caption {Interlocked.Increment(ref count)}."));
    }
}

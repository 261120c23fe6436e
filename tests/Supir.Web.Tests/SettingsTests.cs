using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Supir.Web.Tests;

[Collection(BrowserTests.Name)]
public sealed class SettingsTests(BrowserFixture browser)
{
    [Fact]
    public async Task The_dial_moves_along_the_authors_line_and_what_it_shows_is_what_is_used()
    {
        await using PageSession session = await browser.OpenWith("dial.jpg");
        IPage page = session.Page;
        ILocator dial = page.GetByRole(AriaRole.Slider, new() { Name = "Fidelity to quality" });
        await Expect(dial).ToHaveAttributeAsync("aria-valuetext", "not on the line");
        await dial.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(dial).ToHaveAttributeAsync("aria-valuetext", "100 % towards quality");
        await session.Restore();
        await Expect(session.Slider).ToBeVisibleAsync();

        JsonNode used = await session.Used("dial.jpg");
        Assert.Equal(5.5, used["s_cfg"]!.GetValue<double>());
        Assert.Equal(2.5, used["spt_linear_CFG"]!.GetValue<double>());
        Assert.Equal(1.02, used["s_noise"]!.GetValue<double>());
    }

    [Fact]
    public async Task A_preset_is_one_click_and_the_models_own_values_are_another()
    {
        await using PageSession session = await browser.OpenWith("preset.jpg");
        IPage page = session.Page;
        await page.GetByRole(AriaRole.Radio, new() { Name = "README Q" }).ClickAsync();
        await Expect(page.GetByLabel("Steps", new() { Exact = true }).Last).ToHaveValueAsync("50");
        await page.GetByRole(AriaRole.Radio, new() { Name = "Model's own" }).ClickAsync();
        await Expect(page.GetByLabel("Steps", new() { Exact = true }).Last).ToHaveValueAsync("8");
    }

    [Fact]
    public async Task Every_parameter_has_its_meaning_beside_it_and_a_way_back()
    {
        await using PageSession session = await browser.OpenWith("panel.jpg");
        IPage page = session.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "All parameters" }).ClickAsync();

        JsonArray parameters = (await session.Get("/api/v1/parameters")).AsArray();
        // Those of the picture itself stand beside it: the caption, and captions of tiles where the model has tiles.
        string[] elsewhere = ["caption", "tile_captions", "upscale", "SUPIR_sign", "gamma", "device"];
        foreach (JsonNode? parameter in parameters.Where(parameter => !elsewhere.Contains(parameter!["name"]!.GetValue<string>())))
        {
            await Expect(page.GetByText(parameter!["meaning"]!.GetValue<string>(), new() { Exact = true }).First).ToBeVisibleAsync();
        }

        ILocator churn = page.GetByRole(AriaRole.Spinbutton, new() { Name = "Churn" });
        await churn.FillAsync("7");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reset Churn" }).ClickAsync();
        await Expect(churn).ToHaveValueAsync("0");
    }

    [Fact]
    public async Task One_switch_restores_in_tiles_and_shows_their_map()
    {
        await using PageSession session = await browser.OpenWith("tiled.jpg", new PageSetting(Values: """{"min_size":64,"edm_steps":1,"tile_size":16}"""));
        IPage page = session.Page;
        ILocator map = page.GetByRole(AriaRole.Region, new() { Name = "Captions of the tiles" });
        ILocator tiles = page.GetByRole(AriaRole.Switch, new() { Name = "In tiles" });
        await tiles.ClickAsync();
        await Expect(map).ToContainTextAsync("restored in 4 overlapping tiles");
        await session.Restore();
        await Expect(session.Slider).ToBeVisibleAsync();
        Assert.Equal("TiledRestoreEDM", (await session.Used("tiled.jpg"))["sampler"]!.GetValue<string>());

        await session.Choose(Files.Photograph("whole.jpg"));
        await tiles.ClickAsync();
        await Expect(map).ToBeHiddenAsync();
        await session.Restore();
        await Expect(session.Result("whole.jpg")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_model_and_a_device_of_an_earlier_visit_that_are_gone_are_forgotten()
    {
        await using PageSession session = await browser.Open();
        await session.Page.EvaluateAsync("() => localStorage.setItem('supir-settings', JSON.stringify({ model: 'gone', device: 'cuda:9', values: { min_size: 64, edm_steps: 1 } }))");
        await session.Page.ReloadAsync();
        await session.RestoreWhole(Files.Photograph("after.jpg"));
        Assert.Equal("SUPIR_mini", (await session.Used("after.jpg"))["model"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_dice_draw_a_seed()
    {
        await using PageSession session = await browser.OpenWith("seed.jpg");
        IPage page = session.Page;
        ILocator seed = page.GetByLabel("Seed", new() { Exact = true });
        await Expect(seed).ToHaveValueAsync("1234");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw a seed" }).ClickAsync();
        await Expect(seed).Not.ToHaveValueAsync("1234");
    }

    [Fact]
    public async Task Settings_of_an_earlier_restoration_can_be_used_again()
    {
        await using PageSession session = await browser.Open(new PageSetting(Values: """{"min_size":64,"edm_steps":3,"seed":4711,"s_churn":2}"""));
        IPage page = session.Page;
        await session.RestoreWhole(Files.Photograph("again.jpg"));
        await session.Choose(Files.Photograph("next.jpg"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Reset", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Seed", new() { Exact = true })).ToHaveValueAsync("1234");

        await page.GetByRole(AriaRole.Button, new() { Name = "again.jpg, restored" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Use these settings again" }).ClickAsync();
        await Expect(page.GetByLabel("Seed", new() { Exact = true })).ToHaveValueAsync("4711");
        await page.GetByRole(AriaRole.Button, new() { Name = "next.jpg, not sent yet" }).ClickAsync();
        await session.Restore();
        await Expect(session.Result("next.jpg")).ToBeVisibleAsync();

        JsonNode first = await session.Used("again.jpg");
        JsonNode second = await session.Used("next.jpg");
        Assert.True(JsonNode.DeepEquals(first, second), $"{first} and {second}");
    }
}

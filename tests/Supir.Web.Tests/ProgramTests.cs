using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Supir.Web.Tests;

[Collection(BrowserTests.Name)]
public sealed class ProgramTests(BrowserFixture browser)
{
    [Fact]
    public async Task The_pages_types_are_made_from_what_the_program_serves()
    {
        using HttpClient client = new();
        JsonNode served = JsonNode.Parse(await client.GetStringAsync(new Uri($"{browser.Program.Address}/openapi/v1.json")))!;
        JsonNode committed = JsonNode.Parse(await File.ReadAllTextAsync(Clone.Path("web", "openapi.json")))!;
        // Where the program listens is no part of the contract.
        served.AsObject().Remove("servers");
        Assert.True(JsonNode.DeepEquals(served, committed), "web/openapi.json is not what the program serves: call eng/update-web-api.sh.");
    }

    [Fact]
    public async Task The_apis_page_shows_every_operation_and_asks_no_other_server()
    {
        await using PageSession session = await browser.Open();
        IPage page = session.Page;
        await page.GotoAsync("/api");
        JsonObject paths = (await session.Get("/openapi/v1.json"))["paths"]!.AsObject();
        string[] summaries = [.. paths.SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!["summary"]!.GetValue<string>())];
        Assert.InRange(summaries.Length, 20, 100);
        foreach (string summary in summaries)
        {
            await Expect(page.GetByRole(AriaRole.Complementary).GetByText(summary, new() { Exact = true }).First).ToBeVisibleAsync();
        }

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Post a picture to be restored" }).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_program_with_a_key_asks_for_it_and_shows_pictures_with_it()
    {
        using ServeProcess program = await ServeProcess.Start(null, 0, "--api_key", "open sesame");
        await using PageSession session = await browser.Open(program);
        ILocator dialog = session.Page.GetByRole(AriaRole.Dialog, new() { Name = "This program asks for a key" });
        await dialog.GetByLabel("Key", new() { Exact = true }).FillAsync("open sesame");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await session.RestoreWhole(Files.Photograph("locked.jpg"));
        await Expect(session.Result("locked.jpg").GetByAltText("After", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_program_that_went_away_is_told_of_and_found_again()
    {
        string data = Directory.CreateTempSubdirectory("supir-web-away-").FullName;
        ServeProcess program = await ServeProcess.Start(data);
        await using (PageSession session = await browser.Open(program))
        {
            await Expect(session.Page.GetByText("CPU")).ToBeVisibleAsync();
            program.Dispose();
            await Expect(session.Page.GetByText("The program does not answer")).ToBeVisibleAsync();
            using ServeProcess again = await ServeProcess.Start(data, new Uri(program.Address).Port);
            await Expect(session.Page.GetByText("CPU")).ToBeVisibleAsync();
        }

        Directory.Delete(data, recursive: true);
    }
}

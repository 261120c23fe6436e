using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Supir.Web.Tests;

[Collection(BrowserTests.Name)]
public sealed class ArrivingTests(BrowserFixture browser)
{
    [Fact]
    public async Task A_text_file_beside_a_picture_becomes_its_caption()
    {
        await using PageSession session = await browser.Open();
        await session.Choose(Files.Photograph("Beach.jpg"), Files.Text("beach.txt", "Two children on a beach.\n"));
        await Expect(session.Page.GetByLabel("What does it show?")).ToHaveValueAsync("Two children on a beach.");
        await session.Restore();
        await Expect(session.Slider).ToBeVisibleAsync();

        await session.Page.GotoAsync("/#/history");
        await session.Page.GetByRole(AriaRole.Link, new() { Name = "Beach.jpg" }).ClickAsync();
        await Expect(session.Page.GetByRole(AriaRole.Definition).GetByText("Two children on a beach.")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("paste")]
    public async Task Pictures_are_taken_wherever_they_are_dropped_or_pasted(string way)
    {
        await using PageSession session = await browser.Open();
        string base64 = Convert.ToBase64String(Files.Photograph("any.jpg").Buffer);
        await session.Page.EvaluateAsync(
            """
            ([way, base64]) => {
              const data = new DataTransfer();
              data.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], `${way}.jpg`, { type: 'image/jpeg' }));
              const event = way === 'drop'
                ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
                : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
              document.body.dispatchEvent(event);
            }
            """,
            new[] { way, base64 });
        await Expect(session.Page.GetByRole(AriaRole.Button, new() { Name = $"{way}.jpg, not sent yet" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_folder_is_dropped_with_all_its_pictures_and_their_captions()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("supir-web-album-");
        string inner = folder.CreateSubdirectory("album").CreateSubdirectory("1960").FullName;
        foreach (string name in (string[])["beach.jpg", "garden.jpg", "street.jpg"])
        {
            await File.WriteAllBytesAsync(Path.Combine(inner, name), Files.Photograph(name).Buffer);
        }

        await File.WriteAllTextAsync(Path.Combine(inner, "garden.txt"), "A garden in summer.");
        await File.WriteAllTextAsync(Path.Combine(inner, "notes.doc"), "no picture");
        await using PageSession session = await browser.Open();
        IPage page = session.Page;
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Choose pictures" })).ToBeVisibleAsync();

        await session.Drop(Path.Combine(folder.FullName, "album"));

        ILocator strip = page.GetByRole(AriaRole.List, new() { Name = "Pictures" });
        await Expect(strip.GetByText("not sent yet")).ToHaveCountAsync(3);
        await Expect(page.GetByText("notes.doc: no picture that can be restored.", new() { Exact = true })).ToBeVisibleAsync();
        await strip.GetByRole(AriaRole.Button, new() { Name = "garden.jpg, not sent yet" }).ClickAsync();
        await Expect(page.GetByLabel("What does it show?")).ToHaveValueAsync("A garden in summer.");
        folder.Delete(recursive: true);
    }
}

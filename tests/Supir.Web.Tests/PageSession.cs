using System.Text.Json.Nodes;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Supir.Web.Tests;

/// <summary>How a page is opened, and the parameters that were chosen on an earlier visit.</summary>
public sealed record PageSetting(int Width = 1280, int Height = 800, ColorScheme Theme = ColorScheme.Light, bool IsPhone = false, string Values = PageSetting.Quick)
{
    /// <summary>The smallest run that passes through all networks and has a next step.</summary>
    public const string Quick = """{"min_size":64,"edm_steps":2}""";

    /// <summary>A run that does not end while a test lasts.</summary>
    public const string Endless = """{"min_size":256,"edm_steps":1000}""";
}

/// <summary>A page in a browser, as one visitor has it. When it is closed, it must have reported no fault and asked no other server for anything.</summary>
public sealed class PageSession : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _address;
    private readonly List<string> _faults = [];

    private PageSession(IBrowserContext context, IPage page, string address)
    {
        _context = context;
        _address = address;
        Page = page;
        page.PageError += (_, error) => _faults.Add(error);
        page.Console += (_, message) =>
        {
            // What the program refuses is told by the browser as an error, too; the page shows it in words, which tests look at.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _faults.Add(message.Text);
            }
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && request.Url.Split(':')[0] is not ("blob" or "data"))
            {
                _faults.Add($"asked another server: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Opens the first page.</summary>
    public static async Task<PageSession> Open(IBrowser browser, string address, PageSetting setting)
    {
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address,
            ViewportSize = new ViewportSize { Width = setting.Width, Height = setting.Height },
            ColorScheme = setting.Theme,
            HasTouch = setting.IsPhone,
            IsMobile = setting.IsPhone,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(BrowserFixture.Patience);
        await context.AddInitScriptAsync(
            $$"""localStorage.getItem('supir-settings') ?? localStorage.setItem('supir-settings', JSON.stringify({ model: null, device: null, values: {{setting.Values}} }));""");
        PageSession session = new(context, await context.NewPageAsync(), address);
        await session.Page.GotoAsync("/");
        return session;
    }

    /// <summary>Chooses files as the file dialog would.</summary>
    public Task Choose(params FilePayload[] files) => Page.Locator("input[type=file]").SetInputFilesAsync(files);

    /// <summary>Drops files and folders of this machine onto the page, as a file manager would.</summary>
    public async Task Drop(params string[] paths)
    {
        ICDPSession browser = await _context.NewCDPSessionAsync(Page);
        Dictionary<string, object> data = new() { ["items"] = Array.Empty<object>(), ["files"] = paths, ["dragOperationsMask"] = 1 };
        foreach (string type in (string[])["dragEnter", "dragOver", "drop"])
        {
            await browser.SendAsync("Input.dispatchDragEvent", new Dictionary<string, object> { ["type"] = type, ["x"] = 300, ["y"] = 300, ["data"] = data });
        }
    }

    /// <summary>Sends the picture that lies on the desk.</summary>
    public Task Restore() => Page.GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true }).ClickAsync();

    /// <summary>What the program says at an address.</summary>
    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await (await Page.APIRequest.GetAsync(path)).TextAsync())!;

    /// <summary>All settings that the newest job of a picture was run with.</summary>
    public async Task<JsonNode> Used(string name)
    {
        JsonNode list = await Get($"/api/v1/jobs?search={name}");
        return (await Get($"/api/v1/jobs/{list["jobs"]![0]!["id"]!.GetValue<string>()}"))["used"]!;
    }

    /// <summary>Fails where axe finds something serious.</summary>
    public async Task AssertAccessible(string state)
    {
        AxeResult result = await Page.RunAxe();
        string[] serious =
        [
            .. result.Violations.Where(violation => violation.Impact is "serious" or "critical")
                .Select(violation => $"{violation.Id}: {violation.Help} at {string.Join(", ", violation.Nodes.Select(node => node.Html))}"),
        ];
        Assert.True(serious.Length == 0, $"{state}: {string.Join("\n", serious)}");
    }

    /// <summary>The finished restoration of a picture.</summary>
    public ILocator Result(string name) => Page.GetByRole(AriaRole.Region, new() { Name = $"{name}, restored" });

    /// <summary>Restores a picture and waits for the result.</summary>
    public async Task<ILocator> RestoreWhole(FilePayload picture)
    {
        await Choose(picture);
        await Restore();
        await Expect(Slider).ToBeVisibleAsync();
        return Result(picture.Name);
    }

    /// <summary>The line between before and after.</summary>
    public ILocator Slider => Page.GetByRole(AriaRole.Slider, new() { Name = "Before and After" });

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        await CallOffWhatIsLeft();
        Assert.Empty(_faults);
    }

    /// <summary>A test that failed half way must not leave its job in the way of the next test's.</summary>
    private async Task CallOffWhatIsLeft()
    {
        using HttpClient client = new();
        try
        {
            JsonNode list = JsonNode.Parse(await client.GetStringAsync(new Uri($"{_address}/api/v1/jobs")))!;
            foreach (JsonNode? job in list["jobs"]!.AsArray().Where(job => job!["status"]!.GetValue<string>() is "queued" or "running"))
            {
                (await client.DeleteAsync(new Uri($"{_address}/api/v1/jobs/{job!["id"]}"))).Dispose();
            }
        }
        catch (HttpRequestException)
        {
            // The program has ended already, or asks for a key.
        }
    }
}

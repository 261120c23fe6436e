using Microsoft.Playwright;
using Xunit;

namespace Supir.Web.Tests;

/// <summary>One browser and one program for all tests; each test has a page with storage of its own.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    /// <summary>Milliseconds for what takes one on a machine with nothing else to do.</summary>
    public const float Patience = 45_000;

    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private ServeProcess? _program;

    /// <summary>The program that tests share.</summary>
    public ServeProcess Program => _program ?? throw new InvalidOperationException("The program was not started.");

    public async Task InitializeAsync()
    {
        Assert.True(File.Exists(Chromium), $"{Chromium} is missing; call eng/install.sh --for-tests.");
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        // Everything that would call home is off: these machines have no way out, and each try would cost time.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
        _program = await ServeProcess.Start();
    }

    /// <summary>Opens the shared program's page.</summary>
    public Task<PageSession> Open(PageSetting? setting = null) => Open(Program, setting);

    /// <summary>Opens a program's page.</summary>
    public async Task<PageSession> Open(ServeProcess program, PageSetting? setting = null) =>
        await PageSession.Open(_browser!, program.Address, setting ?? new PageSetting());

    /// <summary>Opens the shared program's page, and lays a photograph of some name on the desk.</summary>
    public async Task<PageSession> OpenWith(string photograph, PageSetting? setting = null)
    {
        PageSession session = await Open(setting);
        await session.Choose(Files.Photograph(photograph));
        return session;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        _program?.Dispose();
    }
}

/// <summary>Tests that share the browser run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}

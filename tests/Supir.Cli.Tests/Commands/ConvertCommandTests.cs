using Supir.Testing;
using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class ConvertCommandTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public void A_LLaVA_is_not_rounded_as_if_it_restored()
    {
        using TinyLlava tiny = new(name => name);
        Run run = Run.Of("convert", tiny.Folder, "-o", _workplace.PathOf("out.safetensors"), "--type", "int8");
        Assert.Equal(ExitCodes.User, run.ExitCode);
        Assert.Contains("is a LLaVA", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(_workplace.Files);
    }
}

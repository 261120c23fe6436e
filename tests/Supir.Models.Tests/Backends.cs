using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests;

/// <summary>The backends that every model is run on.</summary>
internal static class Backends
{
    private static readonly Dictionary<string, Func<IBackend>> Known = new()
    {
        ["reference"] = () => new ReferenceBackend(),
        ["cpu"] = () => new CpuBackend(),
    };

    public static TheoryData<string> Names => [.. Known.Keys];

    public static IBackend Create(string name) => Known[name]();
}

using System.Reflection;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Models;
using Supir.Restoration;
using Xunit;

namespace Supir.Devices.Tests;

public sealed class LayeringTests
{
    [Theory]
    [InlineData(typeof(IBackend))]
    [InlineData(typeof(WeightReader))]
    [InlineData(typeof(SupirNetworks))]
    [InlineData(typeof(Restorer))]
    public void What_describes_and_restores_knows_no_GPU(Type type)
    {
        IEnumerable<string?> references = type.Assembly.GetReferencedAssemblies().Select(name => name.Name);
        Assert.DoesNotContain(typeof(CudaBackend).Assembly.GetName().Name, references);
        Assert.DoesNotContain(typeof(DeviceSet).Assembly.GetName().Name, references);
    }

    [Fact]
    public void The_devices_do_know_both() =>
        Assert.Contains(typeof(CudaBackend).Assembly.GetName().Name, typeof(DeviceSet).Assembly.GetReferencedAssemblies().Select(Name));

    private static string? Name(AssemblyName assembly) => assembly.Name;
}

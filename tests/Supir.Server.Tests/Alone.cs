using Xunit;

namespace Supir.Server.Tests;

/// <summary>Tests that look at the whole process, and so run while no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>Its name.</summary>
    public const string Name = "alone";
}

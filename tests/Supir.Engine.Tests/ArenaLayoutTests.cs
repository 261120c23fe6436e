using Supir.Engine.Plans;
using Xunit;

namespace Supir.Engine.Tests;

public sealed class ArenaLayoutTests
{
    [Fact]
    public void No_two_live_requests_share_memory()
    {
        System.Random random = new(1);
        for (int round = 0; round < 50; round++)
        {
            MemoryRequest[] requests = [.. Enumerable.Range(0, 80).Select(_ =>
            {
                int first = random.Next(-1, 60);
                return new MemoryRequest(random.Next(0, 5000), first, random.Next(8) == 0 ? int.MaxValue : first + random.Next(10));
            })];
            ArenaLayout layout = new(requests);
            for (int i = 0; i < requests.Length; i++)
            {
                Assert.True(layout.Offsets[i] % 64 == 0 && layout.Offsets[i] + requests[i].Bytes <= layout.Bytes);
                for (int j = 0; j < i; j++)
                {
                    bool apart = layout.Offsets[i] + requests[i].Bytes <= layout.Offsets[j] || layout.Offsets[j] + requests[j].Bytes <= layout.Offsets[i];
                    Assert.True(apart || !requests[i].Overlaps(requests[j]), $"{requests[i]} at {layout.Offsets[i]} and {requests[j]} at {layout.Offsets[j]}");
                }
            }
        }
    }

    [Fact]
    public void A_chain_needs_the_memory_of_its_widest_pair()
    {
        MemoryRequest[] requests = [.. Enumerable.Range(0, 20).Select(i => new MemoryRequest(1024, i, i + 1))];
        Assert.Equal(2048, new ArenaLayout(requests).Bytes);
    }
}

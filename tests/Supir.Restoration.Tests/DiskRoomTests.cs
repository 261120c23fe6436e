using Xunit;

namespace Supir.Restoration.Tests;

public sealed class DiskRoomTests
{
    [Fact]
    public void What_has_no_room_is_refused_before_it_is_written()
    {
        DiskRoom.Require("x", 100, 100);
        Assert.Equal(
            "--output: x takes 8.00 GB, but only 7.99 GB are free there; name another disk.",
            Assert.Throws<OptionException>(() => DiskRoom.Require("x", 8_000_000_000, 7_990_000_000)).Message);
        Assert.Contains("but only", Assert.Throws<OptionException>(() => DiskRoom.Require("x", long.MaxValue)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "--output: there is no folder /nowhere in which to write x.",
            Assert.Throws<OptionException>(() => DiskRoom.Require("/nowhere/x", 1)).Message,
            StringComparison.Ordinal);
    }
}

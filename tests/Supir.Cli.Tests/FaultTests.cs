using Supir.Checkpoints;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Cli.Tests;

public sealed class FaultTests
{
    public static TheoryData<Exception, int> Meanings => new()
    {
        { new OptionException("x"), 2 },
        { new CheckpointException("x"), 3 },
        { new PictureException("a.png", "x"), 3 },
        { new InvalidDataException("the weight 'x' holds a number that is infinite"), 3 },
        { new MissingLibraryException("libvips", "x"), 4 },
        { new InsufficientMemoryException("x"), 4 },
        { new OperationCanceledException("x"), 130 },
        { new InvalidOperationException("x"), 70 },
    };

    [Theory]
    [MemberData(nameof(Meanings))]
    public void Every_kind_of_exception_has_its_exit_code(Exception exception, int exitCode)
    {
        Assert.Equal(exitCode, Fault.Of(exception).ExitCode);
    }

    [Fact]
    public void A_mistake_of_ours_says_where_to_report_it()
    {
        string message = Fault.Of(new InvalidOperationException("surprise")).Message;

        Assert.Contains("surprise", message, StringComparison.Ordinal);
        Assert.Contains("report", message, StringComparison.Ordinal);
        Assert.Contains("SUPIR_DEBUG=1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_is_one_line_that_cannot_steer_the_terminal()
    {
        Assert.Equal("one two ?[2Jthree", Fault.Of(new OptionException("one\r\n two\n\u001b[2Jthree\n")).Message);
    }
}

using Supir.Cli.CommandLine;
using Xunit;

namespace Supir.Cli.Tests.CommandLine;

public sealed class HelpTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void The_program_explains_itself_by_examples(string flag)
    {
        Run run = Run.Of(flag);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Contains("supir restore samples/bee.jpg", run.Output, StringComparison.Ordinal);
        foreach (string command in new[] { "restore", "presets", "inspect", "convert", "doctor", "bench" })
        {
            Assert.Contains($"supir {command}", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_help_of_restore_names_every_flag()
    {
        Run run = Run.Of("restore", "--help");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.All(RestoreFlags.All, flag => Assert.Contains($"{flag.Name} ", run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("doctor")]
    [InlineData("presets")]
    public void Every_command_has_a_page_of_its_own(string command)
    {
        Run run = Run.Of(command, "--help");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.StartsWith($"supir {command}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_is_given_however_wrong_the_rest_of_the_line_is()
    {
        Assert.Equal(ExitCodes.Done, Run.Of("restore", "--no-such-flag", "--help").ExitCode);
    }

    [Fact]
    public void Without_a_command_the_help_goes_to_the_error_stream()
    {
        Run run = Run.Of();

        Assert.Equal(ExitCodes.User, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("supir restore PICTURE", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptions_of_flags_do_not_run_into_their_names()
    {
        string[] lines = Run.Of("restore", "--help").Output.Split('\n');

        Assert.All(lines.Where(line => line.StartsWith("  -", StringComparison.Ordinal)), line => Assert.Equal(' ', line[31]));
    }

    [Fact]
    public void The_version_says_what_the_published_weights_may_be_used_for()
    {
        Run run = Run.Of("--version");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Matches(@"^supir \d+\.\d+\.\d+\n", run.Output);
        Assert.Contains("non-commercial use only, and so is what derives from them", run.Output, StringComparison.Ordinal);
    }
}

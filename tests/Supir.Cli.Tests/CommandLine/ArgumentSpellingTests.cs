using Supir.Cli.CommandLine;
using Supir.Restoration.Options;
using Xunit;

namespace Supir.Cli.Tests.CommandLine;

public sealed class ArgumentSpellingTests
{
    [Theory]
    [InlineData("--color-fix-type")]
    [InlineData("--color_fix_type")]
    [InlineData("--color-fix_type")]
    [InlineData("--COLOR_FIX_TYPE")]
    public void Dashes_underscores_and_case_make_no_difference_in_flags(string flag)
    {
        Assert.Equal(["restore", "a.png", "--color_fix_type", "AdaIn"], ArgumentSpelling.Normalise(["restore", "a.png", flag, "AdaIn"]));
        Assert.Equal(["--color_fix_type=AdaIn"], ArgumentSpelling.Normalise([$"{flag}=AdaIn"]));
    }

    [Fact]
    public void Values_keep_their_spelling()
    {
        Assert.Equal(["--caption", "--a-b", "-o", "my-file.png"], ArgumentSpelling.Normalise(["--caption", "--a-b", "-o", "my-file.png"]));
        Assert.Equal(["--caption=a-b=c-d"], ArgumentSpelling.Normalise(["--caption=a-b=c-d"]));
    }

    [Fact]
    public void A_switch_takes_true_or_false_as_its_value_and_nothing_else()
    {
        Assert.Equal(["--linear_CFG=true", "a.png"], ArgumentSpelling.Normalise(["--linear-cfg", "a.png"]));
        Assert.Equal(["--linear_CFG=false", "a.png"], ArgumentSpelling.Normalise(["--linear_CFG", "false", "a.png"]));
        Assert.Equal(["--linear_CFG=true"], ArgumentSpelling.Normalise(["--linear_CFG"]));
    }

    [Fact]
    public void A_flag_without_its_value_does_not_swallow_the_next_flag()
    {
        Assert.Equal(["--seed", "--edm_steps", "8"], ArgumentSpelling.Normalise(["--seed", "--edm-steps", "8"]));
    }

    [Fact]
    public void What_follows_two_dashes_is_left_alone()
    {
        Assert.Equal(["--", "--min-size", "--linear-cfg"], ArgumentSpelling.Normalise(["--", "--min-size", "--linear-cfg"]));
    }

    [Fact]
    public void The_command_has_exactly_the_flags_that_settings_are_read_from()
    {
        Assert.Equal(SettingsResolver.Flags.Order(), RestoreFlags.All.Where(flag => flag.IsSetting).Select(flag => flag.Setting).Order());
    }
}

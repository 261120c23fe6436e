using Supir.Cli.Doctor;
using Supir.Engine.Cpu;
using Xunit;

namespace Supir.Cli.Tests.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public void Everything_works_on_the_machine_that_runs_the_tests()
    {
        Run run = Run.Of("doctor");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Output);
        Assert.Empty(run.Error);
        foreach (string subject in new[] { "processor", "memory", "libvips", "model", "tokens", "random numbers", "noise levels", "text encoders", "decoder" })
        {
            Assert.Matches($"(?m)^ok +{subject} ", run.Output);
        }

        Assert.Contains("small size", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_processors_line_names_the_instructions_that_are_used()
    {
        string expected = InstructionSets.Best switch
        {
            InstructionSet.Avx512 => "AVX-512",
            InstructionSet.Avx2 => "AVX2",
            _ => "no vector instructions",
        };

        Assert.Contains(expected, MachineFindings.All().First().Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finding_that_cannot_be_made_is_a_bad_one_and_says_why()
    {
        Finding finding = Finding.Of("something", () => throw new InvalidOperationException("it is broken"));

        Assert.False(finding.IsGood);
        Assert.Contains("it is broken", finding.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.001f)]
    [InlineData(float.NaN)]
    public void A_result_that_is_not_pythons_is_refused(float actual)
    {
        Assert.Throws<InvalidOperationException>(() => ReferenceResults.Compare([1f, 2f], [actual, 2f], tolerance: 1e-4));
        Assert.Contains("as in Python", ReferenceResults.Compare([1f, 2f], [1.0001f, 2f], tolerance: 1e-4), StringComparison.Ordinal);
    }
}

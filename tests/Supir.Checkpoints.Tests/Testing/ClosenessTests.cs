using Supir.Testing;
using Xunit;
using Xunit.Sdk;

namespace Supir.Checkpoints.Tests.Testing;

public sealed class ClosenessTests
{
    [Fact]
    public void The_relative_error_is_the_norm_of_the_difference_over_the_norm_of_what_was_expected()
    {
        Assert.Equal(0.5, Closeness.RelativeL2([3f, 4f], [3f, 6.5f]), 12);
        Assert.Equal(0, Closeness.RelativeL2([], []));
        Assert.Equal(double.PositiveInfinity, Closeness.RelativeL2([0f, 0f], [0f, 1e-9f]));
    }

    [Fact]
    public void A_failure_tells_the_worst_place_both_values_and_both_errors()
    {
        FailException failure = Assert.Throws<FailException>(() => Assertions.Close([3f, 4f, 0f], [3f, 6.5f, 0.5f], relative: 0.1));
        Assert.Contains("Relative error 0.5099 (at most 0.1)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("largest error 2.5", failure.Message, StringComparison.Ordinal);
        Assert.Contains("at index 1 of 3: expected 4 but was 6.5.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_bound_alone_can_fail()
    {
        Assertions.Close([100f, 100f], [100f, 101f], relative: 0.01);
        Assertions.Close([1f, 0f], [1f, 0.5f], absolute: 0.5);
        Assert.Throws<FailException>(() => Assertions.Close([100f, 100f], [100f, 101f], relative: 0.01, absolute: 0.5));
        Assert.Throws<FailException>(() => Assertions.Close([1f, 0f], [1f, 0.5f], relative: 0.4, absolute: 1));
        Assert.Throws<FailException>(() => Assertions.Close([0f], [1e-20f], relative: 1));
    }

    [Fact]
    public void Not_a_number_is_never_close_not_even_to_itself()
    {
        Assert.Throws<FailException>(() => Assertions.Close([1f, float.NaN], [1f, float.NaN], absolute: 1));
        Assert.Throws<FailException>(() => Assertions.Close([1f, 2f], [1f, float.NaN], absolute: 1));
        Assert.Equal(double.PositiveInfinity, Closeness.RelativeL2([1f], [float.NaN]));
    }

    [Fact]
    public void An_infinity_is_close_only_to_itself()
    {
        Assertions.Close([float.PositiveInfinity], [float.PositiveInfinity], absolute: 0);
        Assert.Throws<FailException>(() => Assertions.Close([float.PositiveInfinity], [1f], relative: 1));
        Assert.Throws<FailException>(() => Assertions.Close([1f], [float.NegativeInfinity], relative: 1));
    }

    [Fact]
    public void Lists_of_different_lengths_are_never_close()
    {
        Assert.Throws<FailException>(() => Assertions.Close([1f, 2f], [1f], absolute: 1));
        Assert.Throws<ArgumentException>(() => Closeness.RelativeL2([], [1f]));
    }

    [Fact]
    public void An_assertion_without_a_bound_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Assertions.Close([1f], [1f]));
    }
}

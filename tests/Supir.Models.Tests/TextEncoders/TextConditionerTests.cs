using Supir.Engine;
using Supir.Models.TextEncoders;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests.TextEncoders;

public sealed class TextConditionerTests
{
    public static TheoryData<string> BackendNames => Backends.Names;

    [Theory, MemberData(nameof(BackendNames))]
    public void The_positive_prompt_gives_the_golden_condition(string backend) => AssertCondition(backend, GoldenPrompt.Positive, "cond");

    [Theory, MemberData(nameof(BackendNames))]
    public void The_negative_prompt_gives_the_golden_condition(string backend) => AssertCondition(backend, GoldenPrompt.Negative, "uncond");

    private static void AssertCondition(string backend, GoldenPrompt prompt, string name)
    {
        float[] context = MiniModel.Goldens.Floats($"{name}.crossattn");
        float[] vector = MiniModel.Goldens.Floats($"{name}.vector");
        TextConditioner conditioner = new(MiniModel.OpenWeights(), MiniModel.FirstHiddenState);
        using IBackend engine = Backends.Create(backend);
        using IPlan plan = engine.Compile(conditioner.Describe(batch: 1, GoldenPrompt.Tokens));
        plan.SetInput(TextConditioner.FirstIds, prompt.FirstIds);
        plan.SetInput(TextConditioner.SecondIds, prompt.SecondIds);
        plan.SetInput(TextConditioner.End, [prompt.End]);
        plan.SetInput(TextConditioner.Sizes, [.. TextConditioner.DefaultSizes]);
        plan.Run();

        Assertions.Close(context, plan.Read(TextConditioner.Context, context.Length), MiniModel.Tolerance);
        Assertions.Close(vector, plan.Read(TextConditioner.Vector, vector.Length), MiniModel.Tolerance);
    }
}

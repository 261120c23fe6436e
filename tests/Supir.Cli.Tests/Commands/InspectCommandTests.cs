using System.Text.Json;
using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class InspectCommandTests
{
    private static readonly string Mini = Workplace.CloneFile("models", "supir-mini.safetensors");

    [Fact]
    public void The_table_says_which_model_it_is_and_lists_every_tensor()
    {
        Run run = Run.Of("inspect", Mini);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Contains("SUPIR at the embedded checkpoint's small size", run.Output, StringComparison.Ordinal);
        Assert.Contains("lacks: nothing", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^model\.diffusion_model\.time_embed\.2\.bias +Float16 +\[128\] +256$", run.Output);
        Assert.Matches(@"(?m)^in all: [0-9,]+ tensors, 25,[0-9,]+ parameters, [0-9,]+ bytes$", run.Output);
    }

    [Fact]
    public void The_json_has_the_same_totals_as_its_tensors()
    {
        Run run = Run.Of("inspect", Mini, "--json");

        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement root = document.RootElement;
        Assert.Equal("SupirMini", root.GetProperty("model").GetString());
        Assert.Equal(0, root.GetProperty("lacks").GetArrayLength());
        Assert.Equal(root.GetProperty("bytes").GetInt64(), root.GetProperty("tensors").EnumerateArray().Sum(tensor => tensor.GetProperty("bytes").GetInt64()));
    }

    [Fact]
    public void Names_in_a_file_cannot_steer_the_terminal()
    {
        using Workplace workplace = new();
        byte[] header = """{"a\u001b[2Jb":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"""u8.ToArray();
        string path = workplace.Write("odd.safetensors", [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. header]);

        Run run = Run.Of("inspect", path);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Contains("a?[2Jb", run.Output, StringComparison.Ordinal);
    }
}

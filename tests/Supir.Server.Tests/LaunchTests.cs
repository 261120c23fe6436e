using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Supir.Server.Tests;

public sealed class LaunchTests
{
    [Fact]
    public async Task The_demos_launch_flags_are_taken_and_those_without_meaning_here_say_so()
    {
        string data = Directory.CreateTempSubdirectory("supir-server-").FullName;
        using (ServerProcess server = await ServerProcess.Start(
            data, "--ip", "127.0.0.1", "--opt", RunningServer.CloneFile("options", "SUPIR_mini.yaml"), "--no_llava", "--load_8bit_llava", "--loading_half_params",
            "--use_image_slider", "--log_history", "--local_prompt", "--use_tile_vae", "--encoder_tile_size", "256", "--decoder_tile_size", "32"))
        {
            JsonArray parameters = (await server.Client.GetFromJsonAsync<JsonArray>("/api/v1/parameters"))!;
            Assert.Equal(
                ("true", "256", "32"),
                (Default(parameters, "use_tile_vae"), Default(parameters, "encoder_tile_size"), Default(parameters, "decoder_tile_size")));
            Assert.Equal(0, await server.Stop());
            string[] said = server.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(
                [
                    "--log_history: changes nothing: the history is always kept.",
                    "--use_image_slider: changes nothing: results are always compared by a slider.",
                    "--local_prompt: changes nothing: a job may always have a caption for each tile.",
                ],
                said[..3]);
        }

        Directory.Delete(data, recursive: true);
    }

    private static string Default(JsonArray parameters, string name) => parameters.Single(parameter => parameter!["name"]!.GetValue<string>() == name)!["default"]!.ToJsonString();
}

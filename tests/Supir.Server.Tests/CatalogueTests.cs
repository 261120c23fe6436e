using System.Text.Json.Nodes;
using Supir.Restoration.Options;
using Supir.Server.Catalogue;
using Xunit;

namespace Supir.Server.Tests;

public sealed class CatalogueTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Every_parameter_is_a_flag_and_takes_all_values_that_it_shows()
    {
        JsonArray parameters = (await _server.Get("/api/v1/parameters")).AsArray();
        ModelOptions model = OptionsFile.Load(RunningServer.CloneFile("options", "SUPIR_mini.yaml"));

        // What is left out: a preset is a choice of its own, and the format is asked for with the result.
        Assert.Equal(
            SettingsResolver.Flags.Except(["preset", "format", "quality"]).Order(StringComparer.Ordinal),
            parameters.Select(parameter => parameter!["name"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        foreach (JsonNode? parameter in parameters)
        {
            string name = parameter!["name"]!.GetValue<string>();
            Assert.NotEmpty(parameter["label"]!.GetValue<string>());
            Assert.EndsWith(".", parameter["meaning"]!.GetValue<string>(), StringComparison.Ordinal);
            IEnumerable<string> values = new[] { parameter["min"], parameter["max"], parameter["default"] }.OfType<JsonNode>().Select(node => node.ToString())
                .Concat(parameter["choices"]?.AsArray().Select(choice => choice!.GetValue<string>()) ?? []);
            foreach (string value in values.Where(value => value.Length > 0))
            {
                Dictionary<string, string?> flags = new() { [name] = value };
                if (name is "tile_size" or "tile_stride")
                {
                    flags["sampler"] = "TiledRestoreEDM";
                    flags["tile_size"] = name == "tile_size" ? value : "512";
                }

                ComputeDevice device = name is "ae_dtype" or "diff_dtype" ? ComputeDevice.Cuda : ComputeDevice.Cpu;
                Assert.NotNull(SettingsResolver.Resolve(model, flags, device));
            }
        }
    }

    [Fact]
    public void What_a_job_used_can_be_posted_again_and_means_the_same()
    {
        ModelOptions model = OptionsFile.Load(RunningServer.CloneFile("options", "SUPIR_mini.yaml"));
        Dictionary<string, string?> flags = new()
        {
            ["sampler"] = "TiledRestoreEDM",
            ["tile_size"] = "32",
            ["tile_stride"] = "16",
            ["upscale"] = "1.5",
            ["s_cfg"] = "4",
            ["spt_linear_CFG"] = "2",
            ["use_tile_vae"] = "true",
            ["seed"] = "3",
            ["gamma"] = "0.9",
            ["sizing"] = "demo",
            ["rng"] = "Cuda",
            ["SUPIR_sign"] = "F",
        };
        RestorationSettings settings = SettingsResolver.Resolve(model, flags, ComputeDevice.Cpu);

        ParameterText again = ParameterText.Read(SettingValues.Of(settings, "SUPIR_mini"));

        Assert.Equal("SUPIR_mini", again.Model);
        Assert.Equal(settings, SettingsResolver.Resolve(model, again.Flags, ComputeDevice.Cpu));
    }

    [Fact]
    public async Task The_dial_is_the_authors_line()
    {
        JsonArray dial = (await _server.Get("/api/v1/presets"))["dial"]!.AsArray();

        Assert.Equal(
            [(4.0, 1.0, 1.007), (4.5, 1.5, 1.011), (5.0, 2.0, 1.015), (5.5, 2.5, 1.020)],
            dial.Select(point => (point!["s_cfg"]!.GetValue<double>(), point["spt_linear_CFG"]!.GetValue<double>(), point["s_noise"]!.GetValue<double>())));
    }

    [Fact]
    public async Task Models_devices_captioner_and_health_are_told()
    {
        JsonNode model = Assert.Single((await _server.Get("/api/v1/models")).AsArray())!;
        Assert.Equal(("SUPIR_mini", true, true, 8), (model["id"]!.GetValue<string>(), model["ready"]!.GetValue<bool>(), model["isDefault"]!.GetValue<bool>(), model["steps"]!.GetValue<int>()));
        Assert.True(Assert.Single((await _server.Get("/api/v1/devices")).AsArray())!["isDefault"]!.GetValue<bool>());
        JsonNode health = await _server.Get("/api/v1/health");
        Assert.Equal(("ok", "SUPIR_mini", false), (health["status"]!.GetValue<string>(), health["model"]!.GetValue<string>(), health["needsKey"]!.GetValue<bool>()));
        Assert.StartsWith("CPU", health["device"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.False((await _server.Get("/api/v1/captioner"))["available"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_model_whose_files_are_missing_is_listed_and_refused()
    {
        string folder = Directory.CreateTempSubdirectory("supir-models-").FullName;
        string yaml = await File.ReadAllTextAsync(RunningServer.CloneFile("options", "SUPIR_mini.yaml"));
        await File.WriteAllTextAsync(Path.Combine(folder, "absent.yaml"), yaml.Replace("../models/supir-mini", "nowhere", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.yaml"), "model: 7");
        await using RunningServer server = await RunningServer.Start(options => options with { ModelFolder = folder });

        JsonArray models = (await server.Get("/api/v1/models")).AsArray();
        Assert.Equal(["SUPIR_mini", "absent", "broken"], models.Select(model => model!["id"]!.GetValue<string>()));
        Assert.Equal("Put these files into place: nowhere.safetensors.", models[1]!["missing"]!.GetValue<string>());
        Assert.Contains("broken.yaml", models[2]!["missing"]!.GetValue<string>(), StringComparison.Ordinal);
        foreach ((string id, int status) in ((string, int)[])[("absent", 422), ("broken", 400)])
        {
            using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png(), $$"""{"model":"{{id}}"}""");
            using HttpResponseMessage response = await server.Client.PostAsync("/api/v1/jobs", form);
            Assert.Equal(status, (await RunningServer.Problem(response)).Status);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_document_names_every_address_and_people_can_read_it()
    {
        JsonObject paths = (await _server.Get("/openapi/v1.json"))["paths"]!.AsObject();

        Assert.Superset(
            new HashSet<string>
            {
                "/api/v1/jobs", "/api/v1/jobs/{id}", "/api/v1/jobs/{id}/events", "/api/v1/jobs/{id}/feedback", "/api/v1/jobs/{id}/result", "/api/v1/jobs/{id}/input",
                "/api/v1/jobs/{id}/stage1", "/api/v1/jobs/{id}/thumbnail", "/api/v1/stage1", "/api/v1/tiles", "/api/v1/health", "/api/v1/models", "/api/v1/devices",
                "/api/v1/presets", "/api/v1/parameters", "/api/v1/captioner", "/sdapi/v1/extra-single-image", "/sdapi/v1/upscalers",
            },
            paths.Select(path => path.Key).ToHashSet());
        Assert.Contains("SUPIR", await _server.Client.GetStringAsync("/api/"), StringComparison.Ordinal);
    }
}

namespace Supir.Checkpoints.Adapters;

/// <summary>Which weights the modules of a LoRA for SDXL mean, in every naming that is published.</summary>
/// <remarks>kohya's scripts and diffusers name the same modules, one with underscores and the other with dots, each in SDXL's original names
/// or in those of diffusers; with underscores for dots there is one key for each. The UNet's blocks are counted through in the original
/// (<c>input_blocks.4.1</c>) and by level in diffusers (<c>down_blocks.1.attentions.0</c>). OpenCLIP's attention holds as one matrix what
/// Hugging Face's holds as three.</remarks>
internal sealed class LoraTargets
{
    private const string UNet = "model.diffusion_model.";
    private const string FirstTower = "conditioner.embedders.0.transformer.";
    private const string SecondTowerBlocks = "conditioner.embedders.1.model.transformer.resblocks.";
    private const string WeightSuffix = ".weight";

    /// <summary>Residual blocks of each level of SDXL's UNet on its way down; a step in size follows them.</summary>
    private const int BlocksPerLevel = 2;

    /// <summary>Parts of residual blocks: SDXL's name, diffusers' name.</summary>
    private static readonly (string Original, string Diffusers)[] ResidualParts =
    [
        ("in_layers.0", "norm1"), ("in_layers.2", "conv1"), ("emb_layers.1", "time_emb_proj"), ("out_layers.0", "norm2"),
        ("out_layers.3", "conv2"), ("skip_connection", "conv_shortcut"),
    ];

    /// <summary>Modules of the UNet outside its blocks.</summary>
    private static readonly (string Original, string Diffusers)[] OuterParts =
    [
        ("time_embed.0", "time_embedding.linear_1"), ("time_embed.2", "time_embedding.linear_2"), ("label_emb.0.0", "add_embedding.linear_1"),
        ("label_emb.0.2", "add_embedding.linear_2"), ("input_blocks.0.0", "conv_in"), ("out.0", "conv_norm_out"), ("out.2", "conv_out"),
    ];

    private readonly Dictionary<string, LoraTarget> _targets = [];

    /// <summary>The targets in a source of full or shortened names.</summary>
    public LoraTargets(IWeightSource source)
    {
        foreach (WeightInfo info in source.Tensors.Values)
        {
            if (CheckpointNames.Normalise(info.Name) is string name && info.Lengths.Count >= 2 && info.ElementCount > 0)
            {
                Add(name, info);
            }
        }
    }

    /// <summary>What a module's name with underscores for dots means, or <c>null</c>.</summary>
    public LoraTarget? Find(string key) => _targets.GetValueOrDefault(key);

    /// <summary>The key of a module's name.</summary>
    public static string KeyOf(string module) => module.Replace('.', '_');

    private void Add(string name, WeightInfo info)
    {
        LoraTarget whole = new(info.Name, 0, info.Lengths[0], info.ElementCount / info.Lengths[0]);
        if (name.StartsWith(SecondTowerBlocks, StringComparison.Ordinal))
        {
            AddSecondTower(name[SecondTowerBlocks.Length..], whole);
        }
        else if (name.EndsWith(WeightSuffix, StringComparison.Ordinal))
        {
            string module = name[..^WeightSuffix.Length];
            if (module.StartsWith(UNet, StringComparison.Ordinal))
            {
                AddUNet(module[UNet.Length..], whole);
            }
            else if (module.StartsWith(FirstTower, StringComparison.Ordinal))
            {
                AddNames(["te1", "te", "text_encoder"], module[FirstTower.Length..], whole);
            }
        }
    }

    private void AddUNet(string module, LoraTarget target)
    {
        AddNames(["unet", "diffusion_model"], module, target);
        if (DiffusersNameOf(module) is string other)
        {
            AddNames(["unet"], other, target);

            // diffusers' first LoRA files call this output by its list alone.
            const string FirstOutput = ".to_out.0";
            if (other.EndsWith(FirstOutput, StringComparison.Ordinal))
            {
                AddNames(["unet"], other[..^".0".Length], target);
            }
        }
    }

    private void AddSecondTower(string name, LoraTarget whole)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string layer = $"text_model.encoder.layers.{name[..Math.Max(0, dot)]}";
        string[] prefixes = ["te2", "text_encoder_2"];
        switch (name[(dot + 1)..])
        {
            case "attn.in_proj_weight":
                long rows = whole.RowCount / 3;
                AddNames(prefixes, $"{layer}.self_attn.q_proj", whole with { RowCount = rows });
                AddNames(prefixes, $"{layer}.self_attn.k_proj", whole with { FirstRow = rows, RowCount = rows });
                AddNames(prefixes, $"{layer}.self_attn.v_proj", whole with { FirstRow = 2 * rows, RowCount = rows });
                break;
            case "attn.out_proj.weight":
                AddNames(prefixes, $"{layer}.self_attn.out_proj", whole);
                break;
            case "mlp.c_fc.weight":
                AddNames(prefixes, $"{layer}.mlp.fc1", whole);
                break;
            case "mlp.c_proj.weight":
                AddNames(prefixes, $"{layer}.mlp.fc2", whole);
                break;
            default:
                break;
        }
    }

    private void AddNames(ReadOnlySpan<string> prefixes, string module, LoraTarget target)
    {
        foreach (string prefix in prefixes)
        {
            _targets.TryAdd($"{prefix}_{KeyOf(module)}", target);
        }
    }

    /// <summary>What diffusers calls a module of the UNet, or <c>null</c> where it has no such module.</summary>
    private static string? DiffusersNameOf(string module)
    {
        if (Array.Find(OuterParts, part => part.Original == module) is { Diffusers: string outer })
        {
            return outer;
        }

        string[] parts = module.Split('.', 4);
        return parts switch
        {
            ["middle_block", "1", ..] => $"mid_block.attentions.0.{module["middle_block.1.".Length..]}",
            ["middle_block", "0" or "2", ..] => Residual($"mid_block.resnets.{(parts[1] == "0" ? 0 : 1)}", module["middle_block.0.".Length..]),
            ["input_blocks", string index, string place, string rest] when int.TryParse(index, out int block) && block > 0 =>
                Down((block - 1) / (BlocksPerLevel + 1), (block - 1) % (BlocksPerLevel + 1), place, rest),
            ["output_blocks", string index, string place, string rest] when int.TryParse(index, out int block) =>
                Up(block / (BlocksPerLevel + 1), block % (BlocksPerLevel + 1), place, rest),
            _ => null,
        };
    }

    private static string? Down(int level, int block, string place, string rest) => (place, rest) switch
    {
        ("0", "op") => $"down_blocks.{level}.downsamplers.0.conv",
        ("0", _) => Residual($"down_blocks.{level}.resnets.{block}", rest),
        ("1", _) => $"down_blocks.{level}.attentions.{block}.{rest}",
        _ => null,
    };

    private static string? Up(int level, int block, string place, string rest) => (place, rest) switch
    {
        ("0", _) => Residual($"up_blocks.{level}.resnets.{block}", rest),
        (_, "conv") => $"up_blocks.{level}.upsamplers.0.conv",
        ("1", _) => $"up_blocks.{level}.attentions.{block}.{rest}",
        _ => null,
    };

    private static string? Residual(string block, string part) =>
        Array.Find(ResidualParts, pair => pair.Original == part) is { Diffusers: string name } ? $"{block}.{name}" : null;
}

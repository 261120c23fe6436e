using System.Diagnostics.CodeAnalysis;

namespace Supir.Checkpoints.Adapters;

/// <summary>What a tensor of a LoRA is to its module.</summary>
internal enum LoraRole
{
    /// <summary>The matrix whose rows are output channels.</summary>
    Up,

    /// <summary>The matrix whose columns are input channels.</summary>
    Down,

    /// <summary>The kernel between them, of a convolution that is taken apart in three.</summary>
    Middle,

    /// <summary>The factor, times the rank.</summary>
    Alpha,
}

/// <summary>One module of a LoRA: the names of its tensors in their file.</summary>
internal sealed class LoraModule
{
    /// <summary>How the names of tensors end, longer ones before those that they end in.</summary>
    private static readonly (string Suffix, LoraRole Role)[] Suffixes =
    [
        (".lora_linear_layer.up.weight", LoraRole.Up), (".lora_linear_layer.down.weight", LoraRole.Down),
        (".lora_up.weight", LoraRole.Up), (".lora_down.weight", LoraRole.Down), (".lora_mid.weight", LoraRole.Middle),
        (".lora_B.default.weight", LoraRole.Up), (".lora_A.default.weight", LoraRole.Down),
        (".lora_B.weight", LoraRole.Up), (".lora_A.weight", LoraRole.Down),
        (".lora.up.weight", LoraRole.Up), (".lora.down.weight", LoraRole.Down),
        ("_lora.up.weight", LoraRole.Up), ("_lora.down.weight", LoraRole.Down),
        (".alpha", LoraRole.Alpha),
    ];

    /// <summary>What names begin with beside the module's.</summary>
    private static readonly string[] Prefixes = ["base_model.model.", "lora_"];

    private readonly Dictionary<LoraRole, string> _tensors = [];

    /// <summary>The matrix whose rows are output channels.</summary>
    public string? Up => _tensors.GetValueOrDefault(LoraRole.Up);

    /// <summary>The matrix whose columns are input channels.</summary>
    public string? Down => _tensors.GetValueOrDefault(LoraRole.Down);

    /// <summary>The kernel between them.</summary>
    public string? Middle => _tensors.GetValueOrDefault(LoraRole.Middle);

    /// <summary>The factor.</summary>
    public string? Alpha => _tensors.GetValueOrDefault(LoraRole.Alpha);

    /// <summary>Takes the name of a tensor of a LoRA apart; false where it is none.</summary>
    public static bool TryParse(string tensor, [NotNullWhen(true)] out string? module, out LoraRole role)
    {
        foreach ((string suffix, LoraRole suffixRole) in Suffixes)
        {
            if (tensor.EndsWith(suffix, StringComparison.Ordinal))
            {
                module = tensor[..^suffix.Length].Replace(".processor.", ".", StringComparison.Ordinal);
                foreach (string prefix in Prefixes)
                {
                    module = module.StartsWith(prefix, StringComparison.Ordinal) ? module[prefix.Length..] : module;
                }

                role = suffixRole;
                return true;
            }
        }

        module = null;
        role = default;
        return false;
    }

    /// <summary>Takes up a tensor; false where there is one of this role.</summary>
    public bool TryAdd(LoraRole role, string tensor) => _tensors.TryAdd(role, tensor);
}

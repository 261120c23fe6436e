using Supir.Engine;

namespace Supir.Restoration.Options;

/// <summary>The spellings of number formats in flags and options files.</summary>
internal static class NumberFormats
{
    /// <summary>What the diffusion networks can run in; fp8 is for weights and what is multiplied by them, the rest then being fp16.</summary>
    public static readonly string[] ForDiffusion = ["fp32", "fp16", "bf16", "fp8"];

    /// <summary>What the autoencoder can run in: its activations leave the range of half precision, so that fp16 gives NaN.</summary>
    public static readonly string[] ForVae = ["fp32", "bf16"];

    /// <summary>The spelling of a format.</summary>
    public static string Name(DType format) => format switch
    {
        DType.Float16 => "fp16",
        DType.BFloat16 => "bf16",
        DType.Float8E4M3 => "fp8",
        _ => "fp32",
    };

    /// <summary>The format of one of these spellings, or <c>null</c> for <c>null</c>.</summary>
    public static DType? Parse(string? text) => text switch
    {
        "fp32" => DType.Float32,
        "fp16" => DType.Float16,
        "bf16" => DType.BFloat16,
        "fp8" => DType.Float8E4M3,
        _ => null,
    };
}

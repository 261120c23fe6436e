namespace Supir.Restoration.Options;

/// <summary>The samplers that an options file can name.</summary>
/// <remarks>Source: sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af). Only the first four and the last know the control
/// scale there; here all do.</remarks>
public enum SamplerKind
{
    /// <summary><c>RestoreEDMSampler</c>: Euler steps with churn and a pull towards the stage-1 latent.</summary>
    RestoreEdm,

    /// <summary><c>TiledRestoreEDMSampler</c>: the same, over overlapping tiles of the latent.</summary>
    TiledRestoreEdm,

    /// <summary><c>RestoreDPMPP2MSampler</c>: second-order multistep steps with noise, for few steps.</summary>
    RestoreDpmpp2M,

    /// <summary><c>TiledRestoreDPMPP2MSampler</c>: the same, over overlapping tiles of the latent.</summary>
    TiledRestoreDpmpp2M,

    /// <summary><c>EulerEDMSampler</c>: Euler steps with churn.</summary>
    EulerEdm,

    /// <summary><c>HeunEDMSampler</c>: Heun's second-order steps with churn.</summary>
    HeunEdm,

    /// <summary><c>EulerAncestralSampler</c>: Euler steps that go too far down and put noise back.</summary>
    EulerAncestral,

    /// <summary><c>DPMPP2SAncestralSampler</c>: second-order single steps that go too far down and put noise back.</summary>
    Dpmpp2SAncestral,

    /// <summary><c>DPMPP2MSampler</c>: second-order multistep steps without noise.</summary>
    Dpmpp2M,

    /// <summary><c>LinearMultistepSampler</c>: Adams and Bashforth's multistep method.</summary>
    LinearMultistep,

    /// <summary><c>SubstepSampler</c>: ancestral Euler steps over one to four levels of the training, for distilled networks.</summary>
    Substep,
}

/// <summary>The samplers' names, and facts about them.</summary>
public static class SamplerKindNames
{
    private const string Ending = "Sampler";

    private static readonly (string Name, SamplerKind Kind)[] Known =
    [
        ("RestoreEDM", SamplerKind.RestoreEdm),
        ("TiledRestoreEDM", SamplerKind.TiledRestoreEdm),
        ("RestoreDPMPP2M", SamplerKind.RestoreDpmpp2M),
        ("TiledRestoreDPMPP2M", SamplerKind.TiledRestoreDpmpp2M),
        ("EulerEDM", SamplerKind.EulerEdm),
        ("HeunEDM", SamplerKind.HeunEdm),
        ("EulerAncestral", SamplerKind.EulerAncestral),
        ("DPMPP2SAncestral", SamplerKind.Dpmpp2SAncestral),
        ("DPMPP2M", SamplerKind.Dpmpp2M),
        ("LinearMultistep", SamplerKind.LinearMultistep),
        ("Substep", SamplerKind.Substep),
    ];

    /// <summary>The reference's names of the classes, without the word Sampler at their end.</summary>
    public static IReadOnlyList<string> Short { get; } = [.. Known.Select(known => known.Name)];

    /// <summary>The sampler of a name, with or without that word.</summary>
    public static SamplerKind Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string shortName = name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase) ? name[..^Ending.Length] : name;
        return Known.Single(known => known.Name.Equals(shortName, StringComparison.OrdinalIgnoreCase)).Kind;
    }

    extension(SamplerKind kind)
    {
        /// <summary>The reference's name of the class, without the word Sampler at its end.</summary>
        public string ShortName => Known.Single(known => known.Kind == kind).Name;

        /// <summary>Whether it works over tiles.</summary>
        public bool HasTiles => kind is SamplerKind.TiledRestoreEdm or SamplerKind.TiledRestoreDpmpp2M;
    }
}

/// <summary>The guiders that an options file can name.</summary>
/// <remarks>Source: sgm/modules/diffusionmodules/guiders.py (SUPIR @ bda91af).</remarks>
public enum GuiderKind
{
    /// <summary><c>LinearCFG</c>: classifier-free guidance with a scale that follows the noise.</summary>
    Linear,

    /// <summary><c>VanillaCFG</c>: classifier-free guidance with one scale, the one at no noise.</summary>
    Vanilla,

    /// <summary><c>IdentityGuider</c>: the caption alone, without a negative prompt.</summary>
    Identity,
}

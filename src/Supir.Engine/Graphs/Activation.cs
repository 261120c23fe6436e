namespace Supir.Engine.Graphs;

/// <summary>A function that is applied to every element.</summary>
public enum Activation
{
    /// <summary>x.</summary>
    None,

    /// <summary>x · sigmoid(x), also called swish.</summary>
    Silu,

    /// <summary>x · Φ(x) with the exact error function: x/2 · (1 + erf(x/√2)).</summary>
    Gelu,

    /// <summary>x · sigmoid(1.702 x), as in OpenAI's CLIP.</summary>
    QuickGelu,
}

using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Fusion;

/// <summary>An operation of the graph together with those around it that are computed in the same pass over memory.</summary>
internal sealed class FusedStep(Value root)
{
    /// <summary>The operation that gives the step its kind.</summary>
    public Node Node { get; } = root.Producer;

    /// <summary>What the step writes in the end: the root's value, or that of the last operation taken in.</summary>
    public Value Result { get; set; } = root;

    /// <summary>A function taken in, after a product or a group normalisation.</summary>
    public Activation Activation { get; set; }

    /// <summary>Whether a GEGLU was taken in after a product.</summary>
    public bool IsGated { get; set; }

    /// <summary>One row an image, added to a product before the function.</summary>
    public Value? ImageVector { get; set; }

    /// <summary>Added to a product at the end.</summary>
    public Value? Residual { get; set; }

    /// <summary>A group normalisation that a convolution applies while it reads its source.</summary>
    public FusedStep? Prologue { get; set; }

    /// <summary>For a group normalisation: how many convolutions apply it themselves.</summary>
    public int PrologueUses { get; set; }

    /// <summary>For a group normalisation: whether its result is written to memory for others.</summary>
    public bool IsApplied { get; set; } = true;

    /// <summary>For a concatenation: whether its readers take its two parts, so that it is never written.</summary>
    public bool IsVirtual { get; set; }

    /// <summary>Whether the step is a matrix product or a convolution.</summary>
    public bool IsProduct => Node is LinearNode or Conv2dNode;

    /// <summary>The values that the step reads.</summary>
    public IEnumerable<Value> Reads()
    {
        foreach (Value operand in Node.Operands)
        {
            yield return Prologue is not null ? Prologue.Node.Operands[0] : operand;
        }

        if (ImageVector is not null)
        {
            yield return ImageVector;
        }

        if (Residual is not null)
        {
            yield return Residual;
        }
    }
}

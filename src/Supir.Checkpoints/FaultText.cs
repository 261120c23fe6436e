using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Supir.Checkpoints;

/// <summary>Text that is put together only where a condition does not hold: a header has thousands of tensors, and what would be said of each is
/// as a rule said of none.</summary>
[InterpolatedStringHandler]
internal ref struct FaultText
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Begins, unless the condition holds.</summary>
    [SuppressMessage("Style", "IDE0060:Remove unused parameter", Justification = "The compiler's pattern.")]
    public FaultText(int literalLength, int formattedCount, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    /// <summary>Adds what stands between two values.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Adds a value.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>The text.</summary>
    public string ToStringAndClear() => _text.ToStringAndClear();
}

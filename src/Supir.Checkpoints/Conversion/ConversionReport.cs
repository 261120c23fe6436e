using Supir.Engine;

namespace Supir.Checkpoints.Conversion;

/// <summary>What became of one weight.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="SourceType">Its number format before.</param>
/// <param name="Type">Its number format in the file.</param>
/// <param name="ElementCount">How many elements it has.</param>
/// <param name="RelativeError">‖after − before‖ / ‖before‖; 0 where nothing was rounded.</param>
public sealed record TensorConversion(string Name, DType SourceType, DType Type, long ElementCount, double RelativeError);

/// <summary>What a conversion wrote, and what it did to the weights.</summary>
/// <param name="Path">The file.</param>
/// <param name="Tensors">All weights in the order of the file.</param>
/// <param name="Dropped">Names, as in the source, of what no network reads and the file lacks.</param>
/// <param name="RelativeError">‖after − before‖ / ‖before‖ of all weights together.</param>
/// <param name="SourceBytes">Bytes of the source's weights, scales left out, and of what was dropped.</param>
/// <param name="FileBytes">Bytes of the file.</param>
public sealed record ConversionReport(
    string Path, IReadOnlyList<TensorConversion> Tensors, IReadOnlyList<string> Dropped, double RelativeError, long SourceBytes, long FileBytes)
{
    /// <summary>The weights that lost most, the worst first; none that lost nothing.</summary>
    public IReadOnlyList<TensorConversion> Worst(int count) =>
        [.. Tensors.Where(tensor => tensor.RelativeError > 0).OrderByDescending(tensor => tensor.RelativeError).Take(count)];
}

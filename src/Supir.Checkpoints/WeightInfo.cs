using System.Globalization;
using Supir.Engine;

namespace Supir.Checkpoints;

/// <summary>What a source tells about one of its weights without touching its elements.</summary>
public sealed class WeightInfo
{
    /// <summary>Describes a weight; the product of its lengths and element size must fit a <see cref="long"/>.</summary>
    public WeightInfo(string name, IReadOnlyList<long> lengths, DType type)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        Name = name;
        Lengths = lengths;
        Type = type;
        ElementCount = 1;
        foreach (long length in lengths)
        {
            ElementCount = checked(ElementCount * length);
        }

        ByteCount = type.BytesOf(ElementCount);
    }

    /// <summary>The full name in the source.</summary>
    public string Name { get; }

    /// <summary>The lengths of all axes, outermost first; a file can have more axes, and longer ones, than a <see cref="Engine.Shape"/>.</summary>
    public IReadOnlyList<long> Lengths { get; }

    /// <summary>The format of the stored elements.</summary>
    public DType Type { get; }

    /// <summary>How many elements there are.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes of the stored elements, without the scales of an <see cref="DType.Int8"/> or <see cref="DType.Int4"/> weight.</summary>
    public long ByteCount { get; }

    /// <summary>The shape, or <c>null</c> where the weight has more axes or longer ones than a shape can have.</summary>
    public Shape? Shape
    {
        get
        {
            Span<int> lengths = stackalloc int[Engine.Shape.MaxRank];
            if (Lengths.Count > lengths.Length)
            {
                return null;
            }

            for (int axis = 0; axis < Lengths.Count; axis++)
            {
                if (Lengths[axis] > int.MaxValue)
                {
                    return null;
                }

                lengths[axis] = (int)Lengths[axis];
            }

            return new Shape(lengths[..Lengths.Count]);
        }
    }

    /// <summary>The lengths in brackets, such as <c>[320, 4, 3, 3]</c>.</summary>
    public string ShapeText => TextOf(Lengths);

    /// <summary>The shape of a weight that is asked for.</summary>
    /// <exception cref="CheckpointException">It has more axes, or longer ones, than this program can use.</exception>
    public Shape RequireShape(string sourceDescription) => Shape ?? throw new CheckpointException(
        $"{sourceDescription}: tensor {Quotation.Of(Name)} has the shape {ShapeText}; weights can have at most {Engine.Shape.MaxRank} axes, none longer than {int.MaxValue}.");

    /// <summary>Lengths as they stand in messages; of a shape with very many axes only the first.</summary>
    internal static string TextOf(IReadOnlyList<long> lengths)
    {
        const int MostAxes = 12;
        IEnumerable<string> shown = lengths.Take(MostAxes).Select(length => length.ToString(CultureInfo.InvariantCulture));
        return lengths.Count > MostAxes ? $"[{string.Join(", ", shown)}, …]" : $"[{string.Join(", ", shown)}]";
    }
}

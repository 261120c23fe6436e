using System.Globalization;

namespace Supir.Engine;

/// <summary>The lengths of up to four axes, outermost first.</summary>
/// <remarks>Values are always [N, H, W, C]; weights have the shape of their checkpoint: [out, in, kh, kw], [out, in] or [channels].</remarks>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most axes a shape can have.</summary>
    public const int MaxRank = 4;

    private readonly int _d0, _d1, _d2, _d3;

    /// <summary>Makes a shape from its axis lengths.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxRank"/> axes, or a negative length.</exception>
    public Shape(params ReadOnlySpan<int> lengths)
    {
        if (lengths.Length > MaxRank)
        {
            throw new ArgumentException($"A shape has at most {MaxRank} axes, not {lengths.Length}.", nameof(lengths));
        }

        foreach (int length in lengths)
        {
            if (length < 0)
            {
                throw new ArgumentException($"An axis cannot have the length {length}.", nameof(lengths));
            }
        }

        Rank = lengths.Length;
        _d0 = lengths.Length > 0 ? lengths[0] : 0;
        _d1 = lengths.Length > 1 ? lengths[1] : 0;
        _d2 = lengths.Length > 2 ? lengths[2] : 0;
        _d3 = lengths.Length > 3 ? lengths[3] : 0;
    }

    /// <summary>How many axes there are.</summary>
    public int Rank { get; }

    /// <summary>The product of all lengths; 1 for a shape without axes.</summary>
    public long ElementCount => Rank switch
    {
        0 => 1,
        1 => _d0,
        2 => (long)_d0 * _d1,
        3 => (long)_d0 * _d1 * _d2,
        _ => (long)_d0 * _d1 * _d2 * _d3,
    };

    /// <summary>The length of one axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int axis] => (uint)axis < (uint)Rank
        ? axis switch { 0 => _d0, 1 => _d1, 2 => _d2, _ => _d3 }
        : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"The shape {this} has {Rank} axes.");

    /// <inheritdoc/>
    public bool Equals(Shape other) =>
        Rank == other.Rank && _d0 == other._d0 && _d1 == other._d1 && _d2 == other._d2 && _d3 == other._d3;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, _d0, _d1, _d2, _d3);

    /// <summary>Whether two shapes have the same axes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The lengths in brackets, such as <c>[320, 4, 3, 3]</c>.</summary>
    public override string ToString()
    {
        string[] lengths = new string[Rank];
        for (int axis = 0; axis < Rank; axis++)
        {
            lengths[axis] = this[axis].ToString(CultureInfo.InvariantCulture);
        }

        return $"[{string.Join(", ", lengths)}]";
    }
}

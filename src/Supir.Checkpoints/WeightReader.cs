using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>Hands the weights of a source to the modules of a model, by name and expected shape, and knows which were never asked for.</summary>
/// <remarks>Not for several threads at once: models are built by one.</remarks>
public sealed class WeightReader
{
    private readonly IWeightSource _source;
    private readonly HashSet<string> _read;

    /// <summary>A reader of all weights of a source, which stays the caller's to dispose.</summary>
    public WeightReader(IWeightSource source)
        : this(source, "", [])
    {
    }

    private WeightReader(IWeightSource source, string prefix, HashSet<string> read)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        Prefix = prefix;
        _read = read;
    }

    /// <summary>What stands before every name that is asked for, without the dot at its end; empty for a whole source.</summary>
    public string Prefix { get; }

    /// <summary>Whether a name is a prefix's own or lies below it: <c>a.b</c> and <c>a.b.c</c> are under <c>a.b</c>, <c>a.bc</c> is not.</summary>
    public static bool IsUnder(string name, string prefix)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(prefix);
        return prefix.Length == 0
            || (name.StartsWith(prefix, StringComparison.Ordinal) && (name.Length == prefix.Length || name[prefix.Length] == '.'));
    }

    /// <summary>A reader of the names below <paramref name="prefix"/>; both remember together what was read.</summary>
    public WeightReader Under(string prefix) => new(_source, FullNameOf(prefix), _read);

    /// <summary>The name in the source of what is called <paramref name="name"/> here.</summary>
    public string FullNameOf(string name) => Prefix.Length == 0 ? name : name.Length == 0 ? Prefix : $"{Prefix}.{name}";

    /// <summary>Whether the source has this weight; asking does not count as reading.</summary>
    public bool Has(string name) => _source.Contains(FullNameOf(name));

    /// <summary>The shape of a weight, or <c>null</c> if there is none; asking does not count as reading.</summary>
    /// <exception cref="CheckpointException">It has more axes than a shape can have.</exception>
    public Shape? ShapeOf(string name) => _source.Tensors.TryGetValue(FullNameOf(name), out WeightInfo? info)
        ? info.RequireShape(_source.Description)
        : null;

    /// <summary>The weight of this name.</summary>
    /// <param name="name">Its name below <see cref="Prefix"/>.</param>
    /// <param name="expected">The shape that the model gives it.</param>
    /// <param name="canBeFourBit">Whether it may be in 4 bits: the matrices of a language model's layers may, and nothing else.</param>
    /// <exception cref="CheckpointException">The source does not have it, or in another shape, or in 4 bits.</exception>
    public Weight Read(string name, Shape expected, bool canBeFourBit = false)
    {
        string fullName = FullNameOf(name);
        if (!_source.Tensors.TryGetValue(fullName, out WeightInfo? info))
        {
            throw new CheckpointException(
                $"The checkpoint has no weight {Quotation.Of(fullName)} (expected shape {expected}). Looked in: {_source.Description}.");
        }

        if (info.Shape != expected)
        {
            throw new CheckpointException(
                $"The weight {Quotation.Of(fullName)} has the shape {info.ShapeText}, but {expected} is expected. It is in: {_source.Description}.");
        }

        if (info.Type == DType.Int4 && !canBeFourBit)
        {
            throw new CheckpointException(
                $"The weight {Quotation.Of(fullName)} is in 4 bits, in which only the layers of a language model are read. It is in: {_source.Description}.");
        }

        _read.Add(fullName);
        return _source.Get(fullName);
    }

    /// <summary>Refuses a source with weights below <see cref="Prefix"/> that nobody read: it is of another model than was built.</summary>
    /// <param name="except">Names, or prefixes of names, below <see cref="Prefix"/> that need not be read.</param>
    /// <exception cref="CheckpointException">There are such weights; the message names their number and the first.</exception>
    public void RequireAllRead(params IReadOnlyList<string> except)
    {
        string[] exceptions = [.. except.Select(FullNameOf)];
        string[] unread = [.. _source.Tensors.Keys.Where(name =>
            IsUnder(name, Prefix) && !_read.Contains(name) && !exceptions.Any(exception => IsUnder(name, exception)))];
        if (unread.Length > 0)
        {
            throw new CheckpointException(
                $"Weights that no module read: {unread.Length}, the first being {Quotation.Of(unread[0])}. They are in: {_source.Description}.");
        }
    }
}

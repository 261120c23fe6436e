namespace Supir.Models.Tokenizers;

/// <summary>A map from 64-bit keys to ids, filled once.</summary>
/// <remarks>Instead of a dictionary, because it is filled with fifty thousand entries while the program starts: the generic one runs
/// unoptimised there, and loading takes three times as long.</remarks>
internal sealed class IdTable
{
    private const int Free = -1;
    private const ulong Multiplier = 0x9E3779B97F4A7C15; // 2^64 / golden ratio: spreads neighbouring keys (Knuth, vol. 3, 6.4)

    private readonly ulong[] _keys;
    private readonly int[] _ids;
    private readonly int _shift;

    /// <summary>An empty table of 2^<paramref name="bits"/> places, of which half may be filled.</summary>
    public IdTable(int bits)
    {
        _keys = new ulong[1 << bits];
        _ids = new int[1 << bits];
        _shift = 64 - bits;
        Array.Fill(_ids, Free);
    }

    /// <summary>Adds a key.</summary>
    /// <exception cref="InvalidDataException">The key is there already.</exception>
    public void Add(ulong key, int id)
    {
        int place = PlaceOf(key);
        if (_ids[place] != Free)
        {
            throw new InvalidDataException($"CLIP's vocabulary has the ids {_ids[place]} and {id} for one piece.");
        }

        _keys[place] = key;
        _ids[place] = id;
    }

    /// <summary>The id of a key, or a negative number where the key is unknown.</summary>
    public int Find(ulong key) => _ids[PlaceOf(key)];

    // The place of the key, or the free one where it would have been.
    private int PlaceOf(ulong key)
    {
        int place = (int)((key * Multiplier) >> _shift);
        while (_ids[place] != Free && _keys[place] != key)
        {
            place = (place + 1) & (_ids.Length - 1);
        }

        return place;
    }
}

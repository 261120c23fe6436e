namespace Supir.Checkpoints.Pickles;

/// <summary>The stack, the marks and the memo of a pickle that is being read.</summary>
internal sealed class PickleStack
{
    /// <summary>How many values a pickle may make. A checkpoint of 10,000 tensors makes about 400,000; this bounds the memory of a hostile one.</summary>
    private const long MostValues = 2_000_000;

    private readonly PickleCursor _cursor;
    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private long _made;

    public PickleStack(PickleCursor cursor)
    {
        _cursor = cursor;
    }

    /// <summary>How many values are on the stack.</summary>
    public int Count => _values.Count;

    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    /// <summary>The value on top.</summary>
    public object? Top
    {
        get
        {
            _cursor.Require(_values.Count > Floor, "a value is asked for that was never made");
            return _values[^1];
        }
    }

    /// <summary>Puts a value on top.</summary>
    public void Push(object? value)
    {
        Charge(1);
        _values.Add(value);
    }

    /// <summary>Counts values that are made beside those on the stack.</summary>
    public void Charge(long count)
    {
        _made += count;
        _cursor.Require(_made <= MostValues, $"there are more than {MostValues:N0} values");
    }

    /// <summary>Takes the value on top.</summary>
    public object? Pop()
    {
        object? value = Top;
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    /// <summary>Takes as many values as are asked for, in the order in which they were put there.</summary>
    public object?[] Pop(int count)
    {
        object?[] values = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            values[i] = Pop();
        }

        return values;
    }

    /// <summary>Marks the place above the value on top.</summary>
    public void Mark()
    {
        Charge(1);
        _marks.Add(_values.Count);
    }

    /// <summary>Drops the value on top, or the mark where that was set last.</summary>
    public void Drop()
    {
        if (_marks.Count > 0 && _marks[^1] == _values.Count)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    /// <summary>Takes all values above the last mark, and the mark.</summary>
    public object?[] PopToMark()
    {
        _cursor.Require(_marks.Count > 0, "a mark is asked for that was never set");
        int start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        object?[] values = [.. _values[start..]];
        _values.RemoveRange(start, _values.Count - start);
        return values;
    }

    /// <summary>Remembers the value on top under a number.</summary>
    public void Remember(long number)
    {
        Charge(1);
        _memo[number] = Top;
    }

    /// <summary>Remembers the value on top under the next number.</summary>
    public void Remember() => Remember(_memo.Count);

    /// <summary>Puts a remembered value on top.</summary>
    public void Recall(long number)
    {
        _cursor.Require(_memo.TryGetValue(number, out object? value), $"the value number {number} is asked for but was never remembered");
        Push(value);
    }
}

using Supir.Engine.Graphs;

namespace Supir.Engine.Plans;

/// <summary>When each value of a plan, and what its steps need beside values, has to be in memory.</summary>
/// <param name="oncePerRun">The steps that run once a run; they come first.</param>
/// <param name="neverWritten">Concatenations whose readers read the two parts.</param>
internal sealed class ValueLives(int oncePerRun, IReadOnlyDictionary<Value, ConcatNode> neverWritten)
{
    private readonly Dictionary<Value, int> _values = [];
    private readonly List<MemoryRequest> _requests = [];

    /// <summary>All that has to be in memory, in the order in which it was added.</summary>
    public IReadOnlyList<MemoryRequest> Requests => _requests;

    /// <summary>The request of a value that has memory of its own; see <see cref="Resolve"/>.</summary>
    public int this[Value value] => _values[value];

    /// <summary>Follows views to the value that has memory, and to the channel there.</summary>
    public static (Value Root, int Channel) Resolve(Value value)
    {
        int channel = 0;
        while (value.Producer is SliceNode slice)
        {
            channel += slice.Start;
            value = slice.Source;
        }

        return (value, channel);
    }

    /// <summary>Adds memory that a step needs beside values.</summary>
    public int Add(long bytes, int step)
    {
        _requests.Add(new MemoryRequest(bytes, step, step));
        return _requests.Count - 1;
    }

    /// <summary>Adds what a step writes.</summary>
    public void Add(Value value, long bytes, int step) => _values.Add(value, Add(bytes, step));

    /// <summary>Adds an input, which is there from before the first step to the end.</summary>
    public void AddInput(Value value, long bytes)
    {
        _values.Add(value, _requests.Count);
        _requests.Add(new MemoryRequest(bytes, -1, int.MaxValue));
    }

    /// <summary>Keeps a value until a step has read it.</summary>
    public void Keep(Value value, int step)
    {
        (Value root, _) = Resolve(value);
        if (neverWritten.TryGetValue(root, out ConcatNode? concat))
        {
            Keep(concat.First, step);
            Keep(concat.Second, step);
        }
        else if (root.Producer is not AppendNode)
        {
            Keep(_values[root], step);
        }
    }

    /// <summary>Keeps a request until a step has read it; what a once-per-run step wrote for a later step is kept for good.</summary>
    public void Keep(int request, int step)
    {
        MemoryRequest old = _requests[request];
        bool crosses = old.FirstStep < oncePerRun && step >= oncePerRun;
        _requests[request] = old with { LastStep = crosses ? int.MaxValue : Math.Max(old.LastStep, step) };
    }
}

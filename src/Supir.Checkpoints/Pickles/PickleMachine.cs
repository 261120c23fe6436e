namespace Supir.Checkpoints.Pickles;

/// <summary>Reads pickles of plain data and tensors, and nothing else: it makes values, calls nothing and imports nothing.</summary>
/// <remarks>A pickle is a program for a machine with a stack. What its instructions do is in Python's documentation of <c>pickletools</c>
/// (protocols 0 to 5). An unknown global is refused where it is named, whether or not anything would call it.</remarks>
internal sealed class PickleMachine
{
    private const int HighestProtocol = 5;

    private readonly PickleCursor _cursor;
    private readonly PickleStack _stack;
    private readonly Dictionary<string, TorchStorage> _storages;
    private readonly string _file;

    private PickleMachine(PickleCursor cursor, Dictionary<string, TorchStorage> storages, string file)
    {
        _cursor = cursor;
        _stack = new PickleStack(cursor);
        _storages = storages;
        _file = file;
    }

    /// <summary>The value of the pickle at the cursor, which then stands behind it.</summary>
    /// <param name="cursor">Where the pickle begins.</param>
    /// <param name="storages">Takes up the storages that the pickle refers to, by their keys.</param>
    /// <param name="file">The path, for messages.</param>
    /// <exception cref="CheckpointException">It is damaged, too large, or names a global that is not known.</exception>
    public static object? Read(PickleCursor cursor, Dictionary<string, TorchStorage> storages, string file) =>
        new PickleMachine(cursor, storages, file).Run();

    private object? Run()
    {
        while (true)
        {
            int position = _cursor.Position;
            char instruction = (char)_cursor.Byte();
            if (instruction == '.')
            {
                object? result = _stack.Pop();
                _cursor.Require(_stack.Count == 0, "values are left over at its end");
                return result;
            }

            _cursor.Require(
                Scalar(instruction) || Container(instruction) || Memo(instruction) || Object(instruction),
                $"the byte {(int)instruction:x2} at {position:N0} is no instruction that a checkpoint uses");
        }
    }

    private bool Scalar(char instruction)
    {
        switch (instruction)
        {
            case '\x80': // PROTO
                int protocol = _cursor.Byte();
                _cursor.Require(protocol <= HighestProtocol, $"the protocol is {protocol}; at most {HighestProtocol} is known");
                return true;
            case '\x95': // FRAME
                long length = _cursor.Length64();
                _cursor.Require(length >= 0 && length <= _cursor.Remaining, $"a frame of {length:N0} bytes is announced, of which there are only {_cursor.Remaining:N0}");
                return true;
            case 'N':
                return Push(null);
            case '\x88':
                return Push(true);
            case '\x89':
                return Push(false);
            case 'I': // INT; protocol 0 has truth values as 00 and 01, which nothing here tells from numbers
                return Push(_cursor.WholeLine());
            case 'J':
                return Push((long)_cursor.Int32());
            case 'K':
                return Push((long)_cursor.Byte());
            case 'M':
                return Push((long)_cursor.UInt16());
            case 'L':
                return Push(_cursor.WholeLine());
            case '\x8a': // LONG1
                return Push(_cursor.Whole(_cursor.Byte()));
            case '\x8b': // LONG4
                return Push(_cursor.Whole(_cursor.Int32()));
            case 'F':
                return Push(_cursor.DoubleLine());
            case 'G':
                return Push(_cursor.Double());
            default:
                return Text(instruction);
        }
    }

    private bool Text(char instruction)
    {
        switch (instruction)
        {
            case 'S': // STRING, in quotes
                string quoted = _cursor.Line();
                _cursor.Require(quoted.Length >= 2 && quoted[0] == quoted[^1] && quoted[0] is '\'' or '"', "a text stands without quotes");
                return Push(quoted[1..^1]);
            case 'T': // BINSTRING
                return Push(_cursor.Text(_cursor.Int32()));
            case 'U': // SHORT_BINSTRING
                return Push(_cursor.Text(_cursor.Byte()));
            case 'V': // UNICODE
                return Push(_cursor.Line());
            case 'X': // BINUNICODE
                return Push(_cursor.Text(_cursor.UInt32()));
            case '\x8c': // SHORT_BINUNICODE
                return Push(_cursor.Text(_cursor.Byte()));
            case '\x8d': // BINUNICODE8
                return Push(_cursor.Text(_cursor.Length64()));
            case 'B': // BINBYTES
                return Push(_cursor.Take(_cursor.UInt32()).ToArray());
            case 'C': // SHORT_BINBYTES
                return Push(_cursor.Take(_cursor.Byte()).ToArray());
            case '\x8e': // BINBYTES8
            case '\x96': // BYTEARRAY8
                return Push(_cursor.Take(_cursor.Length64()).ToArray());
            default:
                return false;
        }
    }

    private bool Container(char instruction)
    {
        switch (instruction)
        {
            case '(':
                _stack.Mark();
                return true;
            case '0':
                _stack.Drop();
                return true;
            case '1':
                _stack.PopToMark();
                return true;
            case '2':
                return Push(_stack.Top);
            case ')':
                return Push(Array.Empty<object?>());
            case 't':
                return Push(_stack.PopToMark());
            case '\x85': // TUPLE1, 2, 3
            case '\x86':
            case '\x87':
                return Push(_stack.Pop(instruction - '\x84'));
            case ']':
            case '\x8f': // EMPTY_SET
                return Push(new PickleList());
            case 'l':
            case '\x91': // FROZENSET
                object?[] items = _stack.PopToMark();
                return Push(ListOf(items));
            case 'a':
                return Append([_stack.Pop()]);
            case 'e':
            case '\x90': // ADDITEMS
                return Append(_stack.PopToMark());
            case '}':
                return Push(new PickleDictionary());
            case 'd':
                object?[] entries = _stack.PopToMark();
                Push(new PickleDictionary());
                return Put(entries);
            case 's':
                return Put(_stack.Pop(2));
            case 'u':
                return Put(_stack.PopToMark());
            default:
                return false;
        }
    }

    private bool Memo(char instruction)
    {
        switch (instruction)
        {
            case 'p':
                _stack.Remember(LineNumber());
                return true;
            case 'q':
                _stack.Remember(_cursor.Byte());
                return true;
            case 'r':
                _stack.Remember(_cursor.UInt32());
                return true;
            case '\x94': // MEMOIZE
                _stack.Remember();
                return true;
            case 'g':
                _stack.Recall(LineNumber());
                return true;
            case 'h':
                _stack.Recall(_cursor.Byte());
                return true;
            case 'j':
                _stack.Recall(_cursor.UInt32());
                return true;
            default:
                return false;
        }
    }

    private bool Object(char instruction)
    {
        switch (instruction)
        {
            case 'c': // GLOBAL
                return Push(Global(_cursor.Line(), _cursor.Line()));
            case '\x93': // STACK_GLOBAL
                object?[] names = _stack.Pop(2);
                _cursor.Require(names is [string, string], "a global is named by something that is no text");
                return Push(Global((string)names[0]!, (string)names[1]!));
            case 'i': // INST
                PickleGlobal instance = Global(_cursor.Line(), _cursor.Line());
                return Call(instance, _stack.PopToMark());
            case 'o': // OBJ
                object?[] parts = _stack.PopToMark();
                _cursor.Require(parts.Length > 0, "an object stands without its class");
                return Call(parts[0], parts[1..]);
            case 'R': // REDUCE
            case '\x81': // NEWOBJ
                object?[] call = _stack.Pop(2);
                return Call(call[0], call[1]);
            case '\x92': // NEWOBJ_EX
                object?[] extended = _stack.Pop(3);
                _cursor.Require(extended[2] is PickleDictionary { Entries.Count: 0 }, "an object is made with named arguments");
                return Call(extended[0], extended[1]);
            case 'b': // BUILD: sets attributes, such as the _metadata of a state_dict, which no weight depends on
                _stack.Pop();
                _cursor.Require(_stack.Top is PickleDictionary, "attributes are set on what has none");
                return true;
            case '\x82': // EXT1, 2, 4
                throw Extension(_cursor.Byte());
            case '\x83':
                throw Extension(_cursor.UInt16());
            case '\x84':
                throw Extension(_cursor.UInt32());
            case 'Q': // BINPERSID
                return Push(Storage(_stack.Pop()));
            default:
                return false;
        }
    }

    private TorchStorage Storage(object? id)
    {
        TorchStorage? storage = TorchRebuilding.Storage(id);
        _cursor.Require(storage is not null, "a reference leads to something that is no storage of a known number format");
        if (!_storages.TryAdd(storage.Key, storage))
        {
            TorchStorage first = _storages[storage.Key];
            _cursor.Require(
                first.Type == storage.Type && first.ElementCount == storage.ElementCount, $"the storage {Quotation.Of(storage.Key)} is described in two ways");
        }

        return storage;
    }

    private PickleGlobal Global(string module, string name) => TorchGlobals.Resolve(module, name, _file);

    private CheckpointException Extension(uint code) => new(
        $"{_file} was not loaded: it asks for the Python object with the extension code {code}, which is no tensor and no plain data and could run a program.");

    private bool Call(object? callee, object? arguments)
    {
        _cursor.Require(callee is PickleGlobal, "something is called that is no function");
        _cursor.Require(arguments is object?[], "a call stands without its arguments");
        foreach (object? argument in (object?[])arguments)
        {
            // What a call makes is as large as its arguments, which can be the same for many calls.
            _stack.Charge(argument is PickleList list ? list.Items.Count : argument is object?[] tuple ? tuple.Length : 0);
        }

        object? result = TorchRebuilding.Call((PickleGlobal)callee, (object?[])arguments);
        _cursor.Require(result is not null, $"the arguments before byte {_cursor.Position:N0} are not those of a tensor, a parameter or an OrderedDict");
        return Push(result);
    }

    private bool Append(object?[] items)
    {
        _cursor.Require(_stack.Top is PickleList, "items are added to what is no list");
        ((PickleList)_stack.Top).Items.AddRange(items);
        return true;
    }

    private bool Put(object?[] keysAndValues)
    {
        _cursor.Require(_stack.Top is PickleDictionary, "entries are put into what is no dict");
        _cursor.Require(keysAndValues.Length % 2 == 0, "a dict has a key without a value");
        List<(object? Key, object? Value)> entries = ((PickleDictionary)_stack.Top).Entries;
        for (int i = 0; i < keysAndValues.Length; i += 2)
        {
            entries.Add((keysAndValues[i], keysAndValues[i + 1]));
        }

        return true;
    }

    private static PickleList ListOf(object?[] items)
    {
        PickleList list = new();
        list.Items.AddRange(items);
        return list;
    }

    private long LineNumber()
    {
        object number = _cursor.WholeLine();
        _cursor.Require(number is long and >= 0, "a value is remembered under something that is no number");
        return (long)number;
    }

    private bool Push(object? value)
    {
        _stack.Push(value);
        return true;
    }
}

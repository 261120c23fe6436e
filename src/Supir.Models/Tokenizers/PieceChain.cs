using System.Text;

namespace Supir.Models.Tokenizers;

/// <summary>A text as a chain of pieces that are joined, the best join first and of equal ones the leftmost.</summary>
/// <remarks>A heap holds the possible joins; one that is out of date when its turn comes no longer fits the lengths it was made of.
/// So a text of n characters takes n log n steps.</remarks>
internal sealed class PieceChain
{
    private readonly SentencePieceVocabulary _vocabulary;
    private readonly string _text;
    private readonly List<Link> _links = [];
    private readonly PriorityQueue<Joint, (float NegativeScore, int Left)> _joints = new();

    /// <summary>Cuts a text into its characters.</summary>
    public PieceChain(SentencePieceVocabulary vocabulary, string text)
    {
        _vocabulary = vocabulary;
        _text = text;
        int start = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            _links.Add(new Link(start, rune.Utf16SequenceLength, _links.Count - 1, _links.Count + 1));
            start += rune.Utf16SequenceLength;
        }
    }

    /// <summary>Joins what can be joined and gives the pieces in their order.</summary>
    public IEnumerable<Range> Join()
    {
        for (int i = 0; i + 1 < _links.Count; i++)
        {
            Consider(i);
        }

        while (_joints.TryDequeue(out Joint joint, out _))
        {
            Link left = _links[joint.Left];
            if (left.Length == 0 || left.Next >= _links.Count || left.Length + _links[left.Next].Length != joint.Length || _links[left.Next].Start != joint.Middle)
            {
                continue;
            }

            Link right = _links[left.Next];
            _links[left.Next] = right with { Length = 0 };
            _links[joint.Left] = left with { Length = joint.Length, Next = right.Next };
            if (right.Next < _links.Count)
            {
                _links[right.Next] = _links[right.Next] with { Previous = joint.Left };
                Consider(joint.Left);
            }

            if (left.Previous >= 0)
            {
                Consider(left.Previous);
            }
        }

        for (int i = 0; i < _links.Count; i = _links[i].Next)
        {
            yield return _links[i].Start..(_links[i].Start + _links[i].Length);
        }
    }

    private void Consider(int left)
    {
        Link first = _links[left];
        Link second = _links[first.Next];
        int length = first.Length + second.Length;
        int id = _vocabulary.Find(_text.AsSpan(first.Start, length));
        if (id >= 0 && !float.IsNegativeInfinity(_vocabulary.Pieces[id].Score))
        {
            _joints.Enqueue(new Joint(left, second.Start, length), (-_vocabulary.Pieces[id].Score, left));
        }
    }

    /// <summary>A piece.</summary>
    /// <param name="Start">Where its text begins.</param>
    /// <param name="Length">How long it is; 0 once it has been joined to the one before.</param>
    /// <param name="Previous">The piece before; −1 for none.</param>
    /// <param name="Next">The piece behind; the number of all for none.</param>
    private readonly record struct Link(int Start, int Length, int Previous, int Next);

    /// <summary>A possible join.</summary>
    /// <param name="Left">The first of both.</param>
    /// <param name="Middle">Where the second's text begins.</param>
    /// <param name="Length">The length of both.</param>
    private readonly record struct Joint(int Left, int Middle, int Length);
}

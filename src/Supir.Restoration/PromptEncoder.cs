using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.TextEncoders;
using Supir.Models.Tokenizers;

namespace Supir.Restoration;

/// <summary>Texts on their way through both text towers.</summary>
/// <remarks>The towers read 77 tokens, of which two are the start and the end. A longer text is either cut, as the reference does, which loses
/// the words of the positive prompt behind a long caption; or read in pieces of 75 words between a start and an end of their own, whose
/// tokens then stand one after the other. The pooled text is the first piece's. All texts get as many pieces as the longest.</remarks>
internal sealed class PromptEncoder
{
    /// <summary>Pieces that go through the towers at a time.</summary>
    private const int LargestBatch = 8;

    private const int WordsOfPiece = ClipTokenizer.ContextLength - 2;

    private readonly TextConditioner _towers;
    private readonly int _texts;
    private readonly int _pieces;
    private readonly int _batch;
    private readonly List<int[]> _firstIds;
    private readonly List<int[]> _secondIds;

    /// <summary>Cuts the texts.</summary>
    /// <param name="towers">The towers.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="inPieces">Whether long ones are read in pieces.</param>
    public PromptEncoder(TextConditioner towers, IReadOnlyList<string> texts, bool inPieces)
    {
        _towers = towers;
        _texts = texts.Count;
        List<int[]> first = [.. texts.Select(ClipTokenizer.HuggingFace.Encode)];
        List<int[]> second = [.. texts.Select(ClipTokenizer.OpenClip.Encode)];
        _pieces = inPieces ? Math.Max(1, first.Concat(second).Max(words => (words.Length + WordsOfPiece - 1) / WordsOfPiece)) : 1;
        _firstIds = [.. first.SelectMany(words => Pieces(words, ClipTokenizer.HuggingFace.Padding))];
        _secondIds = [.. second.SelectMany(words => Pieces(words, ClipTokenizer.OpenClip.Padding))];
        _batch = Math.Min(LargestBatch, _firstIds.Count);
        Graph = towers.Describe(_batch, ClipTokenizer.ContextLength);
    }

    /// <summary>Both towers, for a batch of pieces.</summary>
    public Graph Graph { get; }

    /// <summary>How often the graph runs.</summary>
    public int Runs => (_firstIds.Count + _batch - 1) / _batch;

    /// <summary>Tokens of every text.</summary>
    public int Tokens => _pieces * ClipTokenizer.ContextLength;

    /// <summary>The texts' conditions, in their order.</summary>
    /// <param name="plan">The compiled graph.</param>
    /// <param name="run">Runs the plan.</param>
    public TextCondition[] Encode(IPlan plan, Action run)
    {
        int contextLength = ClipTokenizer.ContextLength * _towers.ContextChannels;
        float[] context = new float[Runs * _batch * contextLength];
        float[] vector = new float[Runs * _batch * _towers.VectorChannels];
        plan.SetInput(TextConditioner.Sizes, [.. Enumerable.Repeat(TextConditioner.DefaultSizes, _batch).SelectMany(sizes => sizes)]);
        for (int i = 0; i < Runs; i++)
        {
            int[][] second = Batch(_secondIds, i);
            plan.SetInput(TextConditioner.FirstIds, [.. Batch(_firstIds, i).SelectMany(ids => ids).Select(id => (float)id)]);
            plan.SetInput(TextConditioner.SecondIds, [.. second.SelectMany(ids => ids).Select(id => (float)id)]);
            // The end token has the highest id; the first one ends the text.
            plan.SetInput(TextConditioner.End, [.. second.Select(ids => (float)Array.IndexOf(ids, ClipTokenizer.EndToken))]);
            run();
            plan.GetOutput(TextConditioner.Context, context.AsSpan(i * _batch * contextLength, _batch * contextLength));
            plan.GetOutput(TextConditioner.Vector, vector.AsSpan(i * _batch * _towers.VectorChannels, _batch * _towers.VectorChannels));
        }

        TextCondition[] conditions = new TextCondition[_texts];
        for (int text = 0; text < _texts; text++)
        {
            int piece = text * _pieces;
            conditions[text] = new TextCondition(
                context.AsSpan(piece * contextLength, _pieces * contextLength).ToArray(),
                vector.AsSpan(piece * _towers.VectorChannels, _towers.VectorChannels).ToArray());
        }

        return conditions;
    }

    private int[][] Batch(List<int[]> ids, int run) =>
        [.. Enumerable.Range(run * _batch, _batch).Select(piece => ids[Math.Min(piece, ids.Count - 1)])];

    private IEnumerable<int[]> Pieces(int[] words, int padding)
    {
        for (int piece = 0; piece < _pieces; piece++)
        {
            ReadOnlySpan<int> part = words.AsSpan(Math.Min(words.Length, piece * WordsOfPiece));
            part = part[..Math.Min(part.Length, WordsOfPiece)];
            int[] ids = new int[ClipTokenizer.ContextLength];
            Array.Fill(ids, padding);
            ids[0] = ClipTokenizer.StartToken;
            part.CopyTo(ids.AsSpan(1));
            ids[part.Length + 1] = ClipTokenizer.EndToken;
            yield return ids;
        }
    }
}

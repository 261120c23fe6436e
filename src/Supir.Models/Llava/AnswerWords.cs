using Supir.Models.Tokenizers;

namespace Supir.Models.Llava;

/// <summary>Turns tokens into text word by word: a word is given out when the next one begins, for only then is it whole.</summary>
public sealed class AnswerWords(SentencePieceTokenizer tokenizer)
{
    private readonly List<int> _ids = [];
    private int _given;

    /// <summary>Everything so far.</summary>
    public string Text => tokenizer.Decode(_ids);

    /// <summary>Takes a token and gives what became whole with it, or nothing.</summary>
    public string Add(int id)
    {
        _ids.Add(id);
        string text = Text;
        int end = text.LastIndexOfAny([' ', '\n']);
        return end > _given ? Give(text, end) : "";
    }

    /// <summary>Gives what is left at the end.</summary>
    public string Finish()
    {
        string text = Text;
        return Give(text, text.Length);
    }

    private string Give(string text, int end)
    {
        string words = text[_given..end];
        _given = end;
        return words;
    }
}

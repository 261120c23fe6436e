using Supir.Engine;

namespace Supir.Models.Llava;

/// <summary>Lets a language model answer: reads a prompt, then chooses token after token.</summary>
/// <remarks>The weights stay packed between answers. Not for several threads at once.</remarks>
public sealed class AnswerGenerator : IDisposable
{
    private readonly LlamaDecoder _decoder;
    private readonly IBackend _backend;
    private readonly IPlan _step;
    private IPlan? _prompt;
    private int _promptTokens;

    /// <summary>Packs the language model's weights.</summary>
    /// <param name="decoder">The language model.</param>
    /// <param name="backend">The device; it stays the caller's.</param>
    public AnswerGenerator(LlamaDecoder decoder, IBackend backend)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(backend);
        _decoder = decoder;
        _backend = backend;
        _step = backend.Compile(decoder.DescribeStep());
    }

    /// <summary>The memory that answering takes: weights, the longer of both graphs, and the rows of all tokens.</summary>
    public static PlanNeed Measure(LlamaDecoder decoder, IBackend backend, int promptTokens)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(backend);
        PlanNeed prompt = backend.Measure(decoder.DescribePrompt(promptTokens));
        PlanNeed step = backend.Measure(decoder.DescribeStep());
        return prompt with { ArenaBytes = prompt.ArenaBytes + step.ArenaBytes };
    }

    /// <summary>Gives the tokens of an answer one by one, without the mark that ends it.</summary>
    /// <param name="embeddings">The prompt's embeddings, row by row.</param>
    /// <param name="most">The most tokens.</param>
    /// <param name="end">The token that ends an answer.</param>
    /// <param name="known">Tokens that have a text: a model's table is often padded behind them.</param>
    /// <param name="sampler">Chooses the tokens.</param>
    /// <param name="cancellationToken">Asked between operations.</param>
    /// <exception cref="ArgumentException">Prompt and answer are longer than the model was read for.</exception>
    public IEnumerable<int> Answer(float[] embeddings, int most, int end, int known, TokenSampler sampler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(sampler);
        int position = embeddings.Length / _decoder.Channels;
        if (position + most > _decoder.Positions)
        {
            throw new ArgumentException($"{position} tokens of a prompt and {most} of an answer are more than the {_decoder.Positions} there is room for.", nameof(most));
        }

        float[] logits = new float[_decoder.Vocabulary];
        ReadPrompt(embeddings, position, logits, cancellationToken);
        float[] embedding = new float[_decoder.Channels];
        for (int count = 0; count < most; count++)
        {
            int token = sampler.Choose(logits.AsSpan(0, Math.Min(known, logits.Length)));
            if (token == end)
            {
                yield break;
            }

            yield return token;
            if (count + 1 == most)
            {
                yield break;
            }

            _decoder.Embed([token], embedding);
            _step.SetInput(LlamaDecoder.Embeddings, embedding);
            _step.SetInput(LlamaDecoder.Position, [position++]);
            _step.Run(null, cancellationToken);
            _step.GetOutput(LlamaDecoder.Logits, logits);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _prompt?.Dispose();
        _step.Dispose();
    }

    /// <summary>Questions of a length come again and again, so the last length's plan is kept.</summary>
    private void ReadPrompt(float[] embeddings, int tokens, float[] logits, CancellationToken cancellationToken)
    {
        if (tokens != _promptTokens)
        {
            _prompt?.Dispose();
            _prompt = null;
            _prompt = _backend.Compile(_decoder.DescribePrompt(tokens));
            _promptTokens = tokens;
        }

        IPlan plan = _prompt!;
        plan.SetInput(LlamaDecoder.Embeddings, embeddings);
        plan.SetInput(LlamaDecoder.Position, [0]);
        plan.SetInput(LlamaDecoder.Asked, [tokens - 1]);
        plan.Run(null, cancellationToken);
        plan.GetOutput(LlamaDecoder.Logits, logits);
    }
}

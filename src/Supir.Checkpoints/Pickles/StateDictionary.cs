namespace Supir.Checkpoints.Pickles;

/// <summary>Finds the tensors by name in what a pickle holds, beside whatever training wrote next to them.</summary>
internal static class StateDictionary
{
    /// <summary>Dictionaries inside each other that are followed; more is no checkpoint.</summary>
    private const int DeepestNesting = 8;

    /// <summary>Under what the weights stand where they do not stand at the top, in the order in which it is tried.</summary>
    private static readonly string[] Wrappers = ["module", "model", "params_ema", "params"];

    /// <summary>The tensors by name, in the order of the file; a later one of the same name overrides.</summary>
    /// <exception cref="CheckpointException">There is no dict with tensors.</exception>
    public static IReadOnlyDictionary<string, TorchTensor> Find(object? root, string file)
    {
        object? value = root;
        for (int depth = 0; value is PickleDictionary dictionary && depth < DeepestNesting; depth++)
        {
            if (dictionary.Find("state_dict") is PickleDictionary states)
            {
                value = states;
                continue;
            }

            OrderedDictionary<string, TorchTensor> tensors = [];
            foreach ((object? key, object? entry) in dictionary.Entries)
            {
                if (key is string name && entry is TorchTensor tensor)
                {
                    tensors[name] = tensor;
                }
            }

            if (tensors.Count > 0)
            {
                return tensors;
            }

            value = Wrappers.Select(dictionary.Find).FirstOrDefault(inner => inner is PickleDictionary);
        }

        throw new CheckpointException(
            $"{file} holds no weights: there is no dict of tensors in it, neither at its top nor under 'state_dict', 'module', 'model', 'params_ema' or 'params'.");
    }
}

using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints.Adapters;

/// <summary>A source with a LoRA applied to it: W' = W + strength · (alpha / rank) · up · down, computed when a weight is pinned.</summary>
/// <remarks>Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", arXiv:2106.09685. Files of kohya's scripts and of diffusers,
/// for SDXL's UNet and both text encoders, of linear layers and convolutions. Changed weights are in single precision where they were,
/// otherwise in half. Several are applied by one source over the other.</remarks>
public sealed class LoraSource : IWeightSource
{
    /// <summary>How many unknown modules a message names.</summary>
    private const int MostNamed = 3;

    private readonly IWeightSource _source;
    private readonly IWeightSource _lora;
    private readonly OrderedDictionary<string, WeightInfo> _tensors = [];
    private readonly Dictionary<string, List<LoraDelta>> _deltas = [];
    private readonly List<string> _unknown = [];

    /// <summary>Applies a LoRA to a source and takes both over: they are disposed together.</summary>
    /// <param name="source">The weights to change, under full or shortened names.</param>
    /// <param name="lora">The LoRA.</param>
    /// <param name="strength">How much of it: 1 is what it was trained for, 0 nothing.</param>
    /// <exception cref="CheckpointException">It is no LoRA of this model, or not a whole one; both sources then stay the caller's.</exception>
    public LoraSource(IWeightSource source, IWeightSource lora, float strength)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(lora);
        _source = source;
        _lora = lora;
        Strength = strength;
        LoraTargets targets = new(source);
        foreach ((string module, LoraModule parts) in ReadModules())
        {
            if (targets.Find(LoraTargets.KeyOf(module)) is not LoraTarget target)
            {
                _unknown.Add(module);
                continue;
            }

            if (!_deltas.TryGetValue(target.Weight, out List<LoraDelta>? deltas))
            {
                _deltas.Add(target.Weight, deltas = []);
            }

            deltas.Add(LoraDelta.Of(lora, parts, target, strength));
        }

        if (_deltas.Count == 0)
        {
            throw new CheckpointException(
                $"{lora.Description} is no LoRA for this model: none of its {_unknown.Count} modules is in {source.Description}." +
                (_unknown.Count == 0 ? "" : $" The first is {Quotation.Of(_unknown[0])}."));
        }

        foreach ((string name, WeightInfo info) in source.Tensors)
        {
            if (info.Type == DType.Int4 && _deltas.ContainsKey(name))
            {
                throw new CheckpointException($"{source.Description}: the weight {Quotation.Of(name)} is in 4 bits, to which no LoRA can be added.");
            }

            _tensors.Add(name, _deltas.ContainsKey(name) ? new WeightInfo(name, info.Lengths, ChangedType(info.Type)) : info);
        }
    }

    /// <inheritdoc/>
    public string Description => $"{_source.Description} + {_lora.Description}:{Strength.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public string FormatName => _source.FormatName;

    /// <summary>How much of the LoRA is applied.</summary>
    public float Strength { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightInfo> Tensors => _tensors;

    /// <inheritdoc/>
    public IReadOnlyList<SkippedTensor> Skipped => _source.Skipped;

    /// <summary>How many weights the LoRA changes.</summary>
    public int ChangedCount => _deltas.Count;

    /// <summary>Modules and tensors of the LoRA that no weight belongs to; they are left out.</summary>
    public IReadOnlyList<string> Unknown => _unknown;

    /// <summary>One line that says what was left out, for the user; <c>null</c> where nothing was.</summary>
    public string? Warning => _unknown.Count == 0
        ? null
        : $"{_lora.Description}: {_unknown.Count} of its modules are not known and were left out: " +
            string.Join(", ", _unknown.Take(MostNamed).Select(Quotation.Of)) + (_unknown.Count > MostNamed ? ", …" : ".");

    /// <summary>The weight of this name in the source below, with what the LoRA adds.</summary>
    /// <inheritdoc/>
    public Weight Get(string name)
    {
        Weight weight = _source.Get(name);
        if (!_deltas.TryGetValue(name, out List<LoraDelta>? deltas))
        {
            return weight;
        }

        DType type = ChangedType(weight.Type);
        return new Weight(weight.Name, weight.Shape, type, new LoraWeightStorage(weight, type, deltas));
    }

    /// <summary>Closes both sources.</summary>
    public void Dispose()
    {
        _source.Dispose();
        _lora.Dispose();
    }

    private static DType ChangedType(DType type) => type == DType.Float32 ? DType.Float32 : DType.Float16;

    private OrderedDictionary<string, LoraModule> ReadModules()
    {
        OrderedDictionary<string, LoraModule> modules = [];
        foreach (string tensor in _lora.Tensors.Keys)
        {
            if (!LoraModule.TryParse(tensor, out string? module, out LoraRole role))
            {
                _unknown.Add(tensor);
                continue;
            }

            if (!modules.TryGetValue(module, out LoraModule? parts))
            {
                modules.Add(module, parts = new LoraModule());
            }

            if (!parts.TryAdd(role, tensor))
            {
                throw new CheckpointException($"{_lora.Description} holds the same part of a module twice, the second time as {Quotation.Of(tensor)}.");
            }
        }

        return modules;
    }
}

using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>Something that holds weights by name: a file, several files, or a rule.</summary>
/// <remarks>Weights are valid until the source is disposed.</remarks>
public interface IWeightSource : IDisposable
{
    /// <summary>Where the weights come from, for messages: the path of the file.</summary>
    string Description { get; }

    /// <summary>The format of the file in words, such as <c>safetensors</c>; empty where there is no file, or several.</summary>
    string FormatName => "";

    /// <summary>What the file's author noted in it; empty where the format has no room for notes.</summary>
    IReadOnlyDictionary<string, string> Metadata => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>All weights by name, in an order that is the same at every opening.</summary>
    IReadOnlyDictionary<string, WeightInfo> Tensors { get; }

    /// <summary>Tensors that are there but are not weights.</summary>
    IReadOnlyList<SkippedTensor> Skipped { get; }

    /// <summary>Whether there is a weight of this name.</summary>
    bool Contains(string name) => Tensors.ContainsKey(name);

    /// <summary>The weight of this name; its elements are read or computed only when it is pinned.</summary>
    /// <exception cref="CheckpointException">No such weight, more axes than a shape can have, or scales that are no numbers.</exception>
    [SuppressMessage("Naming", "CA1716", Justification = "Only C# implements this, where 'Get' is no keyword.")]
    Weight Get(string name);
}

using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests;

public sealed class ModelFilesTests
{
    private static readonly CheckpointOptions Both = new("base", null, "q", "f");

    [Fact]
    public void Switching_the_variant_opens_only_the_file_that_differs_and_closes_the_other()
    {
        Shelf shelf = new();
        using (ModelFiles files = new(Both, shelf.Open))
        {
            using OverlaySource q = files.Open(SupirVariant.Quality);
            Weight shared = q.Get("model.diffusion_model.a");
            Assert.Equal([1f], q.Get("model.control_model.c").ToFloats());

            using OverlaySource f = files.Open(SupirVariant.Fidelity);

            Assert.Equal([2f], f.Get("model.control_model.c").ToFloats());
            Assert.Same(shared, f.Get("model.diffusion_model.a"));
            Assert.Equal(["base", "q", "f"], shelf.Opened);
            Assert.Equal(["q"], shelf.Closed);
        }

        Assert.Equal(["q", "f", "base"], shelf.Closed);
    }

    [Fact]
    public void A_backend_that_still_holds_the_shared_weights_does_not_read_them_again()
    {
        Shelf shelf = new();
        using ModelFiles files = new(Both, shelf.Open);
        using CpuBackend backend = new(1);
        using CpuPlan q = Compile(backend, files.Open(SupirVariant.Quality));
        Assert.Equal((1, 1, 0), (shelf.Reads["base/m"], shelf.Reads["q/n"], shelf.Reads.GetValueOrDefault("f/n")));

        using CpuPlan f = Compile(backend, files.Open(SupirVariant.Fidelity));

        Assert.Equal((1, 1, 1), (shelf.Reads["base/m"], shelf.Reads["q/n"], shelf.Reads["f/n"]));
    }

    [Fact]
    public void A_file_that_is_missing_leaves_the_variant_that_is_open()
    {
        Shelf shelf = new();
        using ModelFiles files = new(Both with { Fidelity = "missing" }, shelf.Open);
        using OverlaySource q = files.Open(SupirVariant.Quality);

        Assert.Throws<CheckpointException>(() => files.Open(SupirVariant.Fidelity));

        Assert.Empty(shelf.Closed);
        Assert.Equal([1f], q.Get("model.control_model.c").ToFloats());
    }

    [Fact]
    public void A_restorer_switches_as_the_settings_ask()
    {
        List<string> opened = [];
        ModelOptions options = MiniModel.Options with { Checkpoints = Both };
        using CpuBackend backend = new();
        IWeightSource Open(string name)
        {
            opened.Add(name);
            return MiniModel.OpenWeights();
        }

        Picture input = PictureFile.Load(Golden.PathOf("input_96.png"));
        RestorationSettings settings = MiniModel.Settings(("edm_steps", "1"), ("min_size", "64"));
        using Restorer restorer = new(options, SupirVariant.Quality, [backend], Open);
        restorer.PlanMemory(input, settings);
        restorer.PlanMemory(input, settings with { Variant = SupirVariant.Fidelity });
        restorer.PlanMemory(input, settings with { Variant = SupirVariant.Fidelity });
        restorer.PlanMemory(input, settings);

        Assert.Equal(["base", "q", "f", "q"], opened);
    }

    [Fact]
    public void Weights_are_rounded_to_half_where_asked_for()
    {
        Shelf shelf = new();
        using ModelFiles files = new(Both with { HalfParameters = true }, shelf.Open);
        using OverlaySource source = files.Open(SupirVariant.Quality);

        Assert.Equal(DType.Float16, source.Tensors["model.diffusion_model.third"].Type);
        Assert.Equal([(float)(Half)(1f / 3)], source.Get("model.diffusion_model.third").ToFloats());
    }

    private static CpuPlan Compile(CpuBackend backend, OverlaySource source)
    {
        Graph graph = new();
        Value x = graph.Input("x", new Shape(1, 1, 1, 32));
        Value y = graph.Linear(x, new LinearWeights(source.Get("model.diffusion_model.m")));
        graph.Output("y", graph.Linear(y, new LinearWeights(source.Get("model.control_model.n"))));
        return backend.Compile(graph);
    }

    /// <summary>Files in memory that tell what is done with them.</summary>
    private sealed class Shelf
    {
        public List<string> Opened { get; } = [];

        public List<string> Closed { get; } = [];

        public Dictionary<string, int> Reads { get; } = [];

        public IWeightSource Open(string name)
        {
            if (name == "missing")
            {
                throw new CheckpointException("There is no file missing.");
            }

            Opened.Add(name);
            return new Listed(name, this);
        }

        private sealed class Listed(string file, Shelf shelf) : IWeightSource
        {
            private readonly Dictionary<string, (Shape Shape, float Value)> _weights = file == "base"
                ? new() { ["model.diffusion_model.a"] = (new Shape(1), 0), ["model.diffusion_model.m"] = (new Shape(32, 32), 1), ["model.diffusion_model.third"] = (new Shape(1), 1f / 3) }
                : new() { ["model.control_model.c"] = (new Shape(1), file == "q" ? 1 : 2), ["model.control_model.n"] = (new Shape(32, 32), 1) };

            public string Description => file;

            public IReadOnlyDictionary<string, WeightInfo> Tensors => _weights.ToDictionary(
                pair => pair.Key, pair => new WeightInfo(pair.Key, [.. Enumerable.Range(0, pair.Value.Shape.Rank).Select(axis => (long)pair.Value.Shape[axis])], DType.Float32));

            public IReadOnlyList<SkippedTensor> Skipped => [];

            public Weight Get(string name)
            {
                (Shape shape, float value) = _weights[name];
                float[] elements = new float[shape.ElementCount];
                Array.Fill(elements, value);
                return new Weight(name, shape, DType.Float32, new CountedStorage(elements, () => Count($"{file}/{name.Split('.')[^1]}")));
            }

            public void Dispose() => shelf.Closed.Add(file);

            private void Count(string weight) => shelf.Reads[weight] = shelf.Reads.GetValueOrDefault(weight) + 1;
        }
    }

    private sealed class CountedStorage(float[] elements, Action pinned) : WeightStorage
    {
        private readonly Weight _weight = Weight.FromFloats("", new Shape(elements.Length), elements);

        public override nint Pin()
        {
            pinned();
            return _weight.Pin();
        }

        public override void Unpin() => _weight.Unpin();
    }
}

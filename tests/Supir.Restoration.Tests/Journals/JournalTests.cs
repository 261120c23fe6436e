using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Random;
using Supir.Restoration.Imaging;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;
using Supir.Restoration.Sampling;
using Supir.Restoration.Tests.Imaging;
using Supir.Restoration.Tests.Options;
using Xunit;

namespace Supir.Restoration.Tests.Journals;

public sealed class JournalTests : IDisposable
{
    private const int Steps = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("supir-journal-").FullName;

    private string Output => Path.Combine(_folder, "out.png");

    public static TheoryData<SamplerKind, string> Kinds()
    {
        TheoryData<SamplerKind, string> kinds = [];
        foreach (SamplerKind kind in Enum.GetValues<SamplerKind>())
        {
            kinds.Add(kind, "precise");
        }

        kinds.Add(SamplerKind.RestoreEdm, "reference");
        kinds.Add(SamplerKind.TiledRestoreDpmpp2M, "reference");
        return kinds;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Kinds))]
    public void A_run_that_was_stopped_after_any_step_comes_to_the_same_bytes(SamplerKind kind, string mode)
    {
        Picture input = TestPictures.Gradient(64, 64);
        using CpuBackend backend = new();
        using Restorer restorer = Open(backend, kind);
        RestorationSettings settings = Settings(
            ("mode", mode), ("ae_dtype", mode == "precise" ? "fp32" : "bf16"), ("num_samples", "2"), ("s_churn", "5"), ("s_stage1", "2"));
        byte[] undisturbed = restorer.Restore(input, settings).Samples[1].Pixels.ToArray();

        foreach (int last in kind == SamplerKind.RestoreEdm ? new[] { 1, 2, Steps } : [1])
        {
            int done = StopAfter(restorer, input, settings, last);
            using RunJournal journal = RunJournal.Open(Output, RecipeOf(settings), TimeSpan.Zero);
            Assert.Equal(done, journal.StepsDone);
            Listener listener = new();

            byte[] resumed = restorer.Restore(input, settings, listener, journal, default).Samples[1].Pixels.ToArray();

            Assert.Equal(undisturbed, resumed);
            Assert.Equal(1, listener.Reports[^1].Fraction, 6);
            Assert.DoesNotContain(listener.Reports, report => report.Stage == RestorationStage.Sample && report.Step > 0 && report.Step < done);
            journal.Remove();
            Assert.Empty(Directory.GetFiles(_folder));
        }
    }

    [Fact]
    public void A_drawn_seed_is_gone_on_with()
    {
        Picture input = TestPictures.Gradient(64, 64);
        using CpuBackend backend = new();
        using Restorer restorer = Open(backend, SamplerKind.RestoreEdm);
        RestorationSettings settings = Settings(("seed", "-1"));
        StopAfter(restorer, input, settings, 2);
        using RunJournal journal = RunJournal.Open(Output, RecipeOf(settings), TimeSpan.Zero);

        Restored resumed = restorer.Restore(input, settings, null, journal, default);

        Assert.Equal(2, journal.StepsDone);
        Assert.Equal(resumed.Picture.Pixels.ToArray(), restorer.Restore(input, settings with { Seed = resumed.Settings.Seed }).Picture.Pixels.ToArray());
    }

    [Fact]
    public void Nothing_is_written_while_the_recipe_is_unknown()
    {
        RestorationSettings settings = Settings();
        TaskCompletionSource<Recipe> recipe = new();
        using (RunJournal journal = RunJournal.Open(Output, recipe.Task, TimeSpan.Zero))
        {
            journal.Take(Entry(1));
            Assert.Equal(0, journal.StepsKept);
            Assert.Empty(Directory.GetFiles(_folder));

            recipe.SetResult(RecipeOf(settings));
            journal.Take(Entry(2));
        }

        Assert.Equal(2, Open(settings).StepsDone);
    }

    [Fact]
    public void A_journal_whose_recipe_cannot_be_known_is_not_written()
    {
        using (RunJournal journal = RunJournal.Open(Output, Task.FromCanceled<Recipe>(new CancellationToken(canceled: true)), TimeSpan.Zero))
        {
            journal.Take(Entry(1));
        }

        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_journal_of_another_run_or_a_broken_one_is_removed_and_not_read()
    {
        RestorationSettings settings = Settings();
        string path = WriteJournal(settings);
        byte[] whole = File.ReadAllBytes(path);
        Assert.Equal(3, Open(settings).StepsDone);

        Assert.Equal(0, Open(settings with { Steps = 21 }).StepsDone);
        Assert.False(File.Exists(path));

        for (int length = 0; length < whole.Length; length += 97)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Equal(0, Open(settings).StepsDone);
            Assert.False(File.Exists(path));
        }

        whole[^40] ^= 1;
        File.WriteAllBytes(path, whole);
        Assert.Equal(0, Open(settings).StepsDone);
    }

    [Fact]
    public void Weights_that_are_kept_in_another_way_begin_anew()
    {
        Picture input = TestPictures.Gradient(64, 64);
        using CpuBackend backend = new();
        using Restorer restorer = Open(backend, SamplerKind.RestoreEdm);
        RestorationSettings settings = Settings();
        StopAfter(restorer, input, settings, 2);
        restorer.RequiredPrecision = WeightPrecision.EightBit;
        byte[] undisturbed = restorer.Restore(input, settings).Picture.Pixels.ToArray();
        using RunJournal journal = RunJournal.Open(Output, RecipeOf(settings), TimeSpan.Zero);

        Assert.Equal(undisturbed, restorer.Restore(input, settings, null, journal, default).Picture.Pixels.ToArray());
        Assert.Equal(0, journal.StepsDone);
    }

    [Fact]
    public void Short_runs_write_nothing()
    {
        RestorationSettings settings = Settings();
        using (RunJournal journal = RunJournal.Open(Output, RecipeOf(settings), TimeSpan.FromHours(1)))
        {
            journal.Take(Entry(1));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_folder_keeps_the_journals_of_its_own_pictures_only()
    {
        string path = WriteJournal(Settings());
        RunJournal.RemoveOthers(_folder, [Output]);
        Assert.True(File.Exists(path));

        RunJournal.RemoveOthers(_folder, [Path.Combine(_folder, "other.png")]);
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(1000)]
    public void Both_of_torchs_streams_go_on_from_a_written_place(int length)
    {
        foreach ((IResumableGenerator first, IResumableGenerator second) in new (IResumableGenerator, IResumableGenerator)[]
        {
            (new TorchCpuGenerator(5), new TorchCpuGenerator(5)),
            (new TorchCudaGenerator(5), new TorchCudaGenerator(5)),
        })
        {
            float[] expected = new float[length];
            float[] actual = new float[length];
            first.Normal(expected);
            byte[] place = first.SaveState();
            first.Normal(expected);
            second.RestoreState(place);
            second.Normal(actual);

            Assert.Equal(expected, actual);
            Assert.Throws<ArgumentException>(() => second.RestoreState([1, 2, 3]));
        }
    }

    /// <summary>As small as a run can be: 64 pixels a side, the caption's half alone.</summary>
    private static RestorationSettings Settings(params (string Flag, string Value)[] changes) =>
        MiniModel.Settings([("edm_steps", $"{Steps}"), ("min_size", "64"), ("mode", "precise"), ("s_cfg", "1"), ("spt_linear_CFG", "1"), .. changes]);

    /// <summary>The model that comes along: its weights lie in a file, while those of the goldens are computed anew for each run.</summary>
    private static Restorer Open(CpuBackend backend, SamplerKind kind)
    {
        ModelOptions options = OptionsFile.Load(RepositoryFile.PathOf("options/SUPIR_mini.yaml"));
        return new Restorer(options with { Sampler = options.Sampler with { Kind = kind, Tiles = new TileOptions(4, 2) } }, SupirVariant.Quality, backend);
    }

    private RunJournal Open(RestorationSettings settings) => RunJournal.Open(Output, RecipeOf(settings), TimeSpan.FromHours(1));

    private string WriteJournal(RestorationSettings settings)
    {
        using RunJournal journal = RunJournal.Open(Output, RecipeOf(settings), TimeSpan.Zero);
        journal.Take(Entry(3));
        return Assert.Single(Directory.GetFiles(_folder));
    }

    private static JournalEntry Entry(int step) => new(7, WeightPrecision.AsStored, new SamplerState(step, new float[60], [new float[60]]), new byte[30], new byte[8]);

    /// <summary>Stops a run in the step after so many, and says how many its journal has; Substep has fewer.</summary>
    private int StopAfter(Restorer restorer, Picture input, RestorationSettings settings, int steps)
    {
        using CancellationTokenSource stop = new();
        int done = 0;
        Listener listener = new()
        {
            OnReport = report =>
            {
                done = Math.Max(done, report.Step);
                if (report.Step >= steps || report.Stage > RestorationStage.Sample)
                {
                    stop.Cancel();
                }
            },
        };
        using RunJournal journal = RunJournal.Open(Output, RecipeOf(settings), TimeSpan.Zero);
        Assert.Throws<OperationCanceledException>(() => restorer.Restore(input, settings, listener, journal, stop.Token));
        return done;
    }

    private static Recipe RecipeOf(RestorationSettings settings) => Recipe.For(
        new FileIdentity("a.png", "00"), new ModelIdentity("mini", "00", []), ComputeDevice.Cpu, settings, PictureFormat.Png);

    private sealed class Listener : IProgress<RestorationProgress>
    {
        public List<RestorationProgress> Reports { get; } = [];

        public Action<RestorationProgress>? OnReport { get; init; }

        public void Report(RestorationProgress value)
        {
            Reports.Add(value);
            OnReport?.Invoke(value);
        }
    }
}

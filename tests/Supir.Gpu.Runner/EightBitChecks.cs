using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Engine.Graphs;
using Supir.Models.Control;
using Supir.Models.Tokenizers;
using Supir.Models.UNet;
using Supir.Testing;

namespace Supir.Gpu.Runner;

/// <summary>Weights in 8 bits: every operation by itself, one step of the networks at full size, and many steps.</summary>
internal static class EightBitChecks
{
    private const int Side = 64;
    private const int Steps = 50;

    /// <summary>Every product of the op table with int8 weights, and transformer blocks with 8-bit floats, against the scalar definitions.</summary>
    public static void Operations(Report report, CudaBackendOptions options)
    {
        using CudaBackend small = new(0, DType.Float16, options with { LeastEightBitElements = 0 });
        // 127 steps a sign: half a per cent of the largest weight, and a third of that on the average.
        OpTableChecks.Run(report, small, new PlanOptions { Values = DType.Float16, Weights = WeightPrecision.EightBit }, 2e-2);
        if (!small.MultipliesFloat8)
        {
            Report.Say($"no 8-bit floats on this GPU");
            return;
        }

        foreach (bool scalesByVectors in new[] { true, false })
        {
            using CudaBackend cuda = new(0, DType.Float16, options with { LeastEightBitElements = 0, ScalesByVectors = scalesByVectors });
            foreach (DType type in new[] { DType.Float16, DType.BFloat16 })
            {
                foreach ((int rows, int channels, bool hasBias) in new[] { (77, 64, true), (130, 320, false), (1024, 1280, true) })
                {
                    string name = $"blocks of {channels} channels, {rows} rows in E4M3 and {type}, scaled by {(scalesByVectors ? "cuBLASLt" : "our kernel")}";
                    report.Guard(name, () => report.Check(name, BlockError(cuda, type, rows, channels, hasBias), 6e-2));
                }
            }
        }
    }

    /// <summary>One step at full size in each precision against the reference, and the drift over many.</summary>
    public static void Networks(Report report, CudaBackend cuda)
    {
        GoldenTensors goldens = GoldenTensors.Open("full.safetensors");
        ControlledUNet diffusion = new(GoldenChecks.OpenFull(), UNetConfig.SdxlBase, UNetConfig.SdxlBase);
        Walk(cuda, diffusion, goldens, new PlanOptions { Values = DType.Float32 }, 1, out float[] exact);
        float[] half = Walk(cuda, diffusion, goldens, new PlanOptions { Values = DType.Float16 }, Steps, out float[] halfOnce);
        Report.Say($"half precision itself after 1 step: {Closeness.RelativeL2(exact, halfOnce):e2} from single precision");
        foreach ((WeightPrecision weights, double bound) in new[] { (WeightPrecision.Float8, 5e-2), (WeightPrecision.EightBit, 1e-2) })
        {
            if (weights == WeightPrecision.Float8 && !cuda.MultipliesFloat8)
            {
                continue;
            }

            PlanOptions options = new() { Values = DType.Float16, Weights = weights };
            report.Guard($"{weights} at full size", () =>
            {
                GoldenChecks.FullNetwork(report, cuda, diffusion, goldens, options, bound);
                float[] last = Walk(cuda, diffusion, goldens, options, Steps, out float[] once);
                Report.Say($"{weights}: latent after 1 of {Steps} steps {Closeness.RelativeL2(halfOnce, once):e2} from half precision, after {Steps} {Closeness.RelativeL2(half, last):e2}");
            });
        }
    }

    /// <summary>Two transformer feed-forward blocks, as the networks have them, on fresh inputs.</summary>
    private static double BlockError(CudaBackend cuda, DType type, int rows, int channels, bool hasBias)
    {
        int seed = Random.Shared.Next();
        RandomWeights weights = new(seed);
        Graph g = new();
        Value x = g.Input("x", new Shape(2, rows, 1, channels));
        Value h = g.LayerNorm(x, weights.Next(new Shape(channels)), weights.Next(new Shape(channels)), 1e-5f);
        h = g.Linear(h, weights.NextLinear(new Shape(3 * channels, channels), hasBias: hasBias));
        h = g.Slice(h, channels, channels);
        h = g.Add(h, x);
        Value gate = g.LayerNorm(h, weights.Next(new Shape(channels)), weights.Next(new Shape(channels)), 1e-5f);
        gate = g.Geglu(g.Linear(gate, weights.NextLinear(new Shape(8 * channels, channels), hasBias: hasBias)));
        g.Output("y", g.Add(g.Linear(gate, weights.NextLinear(new Shape(channels, 4 * channels), hasBias: hasBias)), h));
        Dictionary<string, float[]> inputs = OpCase.InputsFor(g, seed + 1);
        using CudaBackend wide = new(0, DType.Float32);
        using CudaPlan reference = wide.Compile(g, PlanOptions.In(DType.Float32));
        reference.SetInput("x", inputs["x"]);
        reference.Run();
        using CudaPlan plan = cuda.Compile(g, new PlanOptions { Values = type, Weights = WeightPrecision.Float8 });
        plan.Poison();
        double worst = 0;
        for (int run = 0; run < 3; run++)
        {
            plan.SetInput("x", inputs["x"]);
            plan.Run();
            double error = Closeness.RelativeL2(OpCase.Read(reference, g)["y"], OpCase.Read(plan, g)["y"]);
            worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error);
        }

        return worst;
    }

    /// <summary>Euler steps from noise towards what the network predicts, all with full control; the latent after the last of them.</summary>
    private static float[] Walk(CudaBackend cuda, ControlledUNet diffusion, GoldenTensors goldens, PlanOptions options, int steps, out float[] once)
    {
        const double MostNoise = 14.6146;
        const double LeastNoise = 0.0292;
        using CudaPlan plan = cuda.Compile(diffusion.Describe(2, Side, Side, ClipTokenizer.ContextLength), options);
        float[] x = Array.ConvertAll(GoldenChecks.Input("input.x", new Shape(2, 4, Side, Side)), value => value * (float)MostNoise);
        plan.SetInput(ControlledUNet.LowQuality, GoldenChecks.Input("input.control", new Shape(2, 4, Side, Side)));
        plan.SetInput(ControlledUNet.Context, goldens.Floats("text.crossattn"));
        plan.SetInput(ControlledUNet.Vector, goldens.Floats("text.vector"));
        plan.SetInput(ControlledUNet.ControlScale, [1]);
        once = [];
        float[] noise = new float[x.Length];
        for (int i = 0; i < steps; i++)
        {
            double sigma = MostNoise * Math.Pow(LeastNoise / MostNoise, (double)i / Steps);
            double next = MostNoise * Math.Pow(LeastNoise / MostNoise, (i + 1.0) / Steps);
            float scale = (float)(1 / Math.Sqrt((sigma * sigma) + 1));
            float timestep = 999f * (Steps - i) / Steps;
            plan.SetInput(ControlledUNet.Latent, Array.ConvertAll(x, value => value * scale));
            plan.SetInput(ControlledUNet.Timestep, [timestep, timestep]);
            plan.Run();
            plan.GetOutput(ControlledUNet.Noise, noise);
            for (int j = 0; j < x.Length; j++)
            {
                x[j] += (float)(next - sigma) * noise[j];
            }

            once = i == 0 ? [.. x] : once;
        }

        return x;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Weights;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Operations;

/// <summary>What happens to a tile of a product on its way to memory: + bias, + a vector of its image, a function, + residual.</summary>
internal sealed unsafe class Epilogue(MatrixView destination)
{
    private const int Lanes = 8;
    private const int Columns = ProductWeights.PanelColumns;

    /// <summary>Where the result goes.</summary>
    public MatrixView Destination { get; } = destination;

    /// <summary>A bias for each column of the panels.</summary>
    public required ProductWeights Weights { get; init; }

    /// <summary>One row for each image, added to all of its positions; none where its data is 0.</summary>
    public MatrixView ImageVector { get; init; }

    /// <summary>The function.</summary>
    public Activation Activation { get; init; }

    /// <summary>Whether the panels are <see cref="ColumnOrder.Gated"/>: value · gelu(gate).</summary>
    public bool IsGated { get; init; }

    /// <summary>Added at the end; none where its data is 0.</summary>
    public MatrixView Residual { get; init; }

    /// <summary>Asks for the memory of a tile's result while the tile is computed, so that <see cref="Write"/> need not wait for it.</summary>
    public void Fetch(int rows, long firstRow, int panel)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        int columns = IsGated ? Columns / 2 : Columns;
        float* target = Destination.Row(firstRow) + (panel * columns);
        for (int row = 0; row < rows; row++)
        {
            Sse.Prefetch0(target);
            Sse.Prefetch0(target + columns - 1);
            target += Destination.RowStride;
        }
    }

    /// <summary>Finishes the rows of a tile ([rows][32]) and writes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(float* tile, int rows, long firstRow, int image, int panel)
    {
        float* bias = Weights.Bias + (panel * Columns);
        if (IsGated)
        {
            WriteGated(tile, rows, firstRow, panel, bias);
            return;
        }

        int start = panel * Columns;
        int count = Math.Min(Columns, Destination.Channels - start);
        float* vector = ImageVector.Data == 0 ? null : ImageVector.Row(image) + start;
        if (Vector512.IsHardwareAccelerated && count == Columns && Activation == Activation.None)
        {
            WriteSums(tile, rows, firstRow, start, bias, vector);
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            float* target = Destination.Row(firstRow + row) + start;
            float* residual = Residual.Data == 0 ? null : Residual.Row(firstRow + row) + start;
            int c = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                for (; c + Lanes <= count; c += Lanes)
                {
                    Vector256<float> x = Vector256.Load(tile + c) + Vector256.Load(bias + c);
                    if (vector != null)
                    {
                        x += Vector256.Load(vector + c);
                    }

                    if (Activation != Activation.None)
                    {
                        x = ActivationKernel.Apply(Activation, x);
                    }

                    if (residual != null)
                    {
                        x += Vector256.Load(residual + c);
                    }

                    x.Store(target + c);
                }
            }

            for (; c < count; c++)
            {
                float x = tile[c] + bias[c] + (vector != null ? vector[c] : 0f);
                target[c] = ActivationKernel.Apply(Activation, x) + (residual != null ? residual[c] : 0f);
            }

            tile += Columns;
        }
    }

    /// <summary>Whole rows without a function, which most products have: a fifth of the instructions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteSums(float* tile, int rows, long firstRow, int start, float* bias, float* vector)
    {
        const int Half = Columns / 2;
        Vector512<float> bias0 = Vector512.Load(bias), bias1 = Vector512.Load(bias + Half);
        Vector512<float> vector0 = vector == null ? default : Vector512.Load(vector), vector1 = vector == null ? default : Vector512.Load(vector + Half);
        float* target = Destination.Row(firstRow) + start;
        float* residual = Residual.Data == 0 ? null : Residual.Row(firstRow) + start;
        for (int row = 0; row < rows; row++)
        {
            Vector512<float> x0 = Vector512.Load(tile) + bias0, x1 = Vector512.Load(tile + Half) + bias1;
            if (vector != null)
            {
                x0 += vector0;
                x1 += vector1;
            }

            if (residual != null)
            {
                x0 += Vector512.Load(residual);
                x1 += Vector512.Load(residual + Half);
                residual += Residual.RowStride;
            }

            x0.Store(target);
            x1.Store(target + Half);
            target += Destination.RowStride;
            tile += Columns;
        }
    }

    private void WriteGated(float* tile, int rows, long firstRow, int panel, float* bias)
    {
        const int Half = Columns / 2;
        int start = panel * Half;
        int count = Math.Min(Half, Destination.Channels - start);
        for (int row = 0; row < rows; row++)
        {
            float* target = Destination.Row(firstRow + row) + start;
            float* residual = Residual.Data == 0 ? null : Residual.Row(firstRow + row) + start;
            int c = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                for (; c + Lanes <= count; c += Lanes)
                {
                    Vector256<float> value = Vector256.Load(tile + c) + Vector256.Load(bias + c);
                    Vector256<float> gate = Vector256.Load(tile + Half + c) + Vector256.Load(bias + Half + c);
                    Vector256<float> x = value * VectorMath.Gelu(gate);
                    (residual == null ? x : x + Vector256.Load(residual + c)).Store(target + c);
                }
            }

            for (; c < count; c++)
            {
                float x = (tile[c] + bias[c]) * VectorMath.Gelu(tile[Half + c] + bias[Half + c]);
                target[c] = x + (residual == null ? 0f : residual[c]);
            }

            tile += Columns;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Operations;

/// <summary>x · scale + shift per image and channel, then SiLU where asked; without scale a plain copy.</summary>
internal sealed unsafe class NormalizeOperation(ChannelParts source, MatrixView result, NormPrologue prologue, int rows, int rowsPerImage)
    : RowOperation("normalize", rows, result.Channels)
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRow(int row)
    {
        int first = 0;
        foreach (MatrixView part in source.Parts)
        {
            prologue.Copy(part.Row(row), result.Row(row) + first, row / rowsPerImage, first, part.Channels);
            first += part.Channels;
        }
    }
}

/// <summary>A function of every element.</summary>
internal sealed unsafe class ActivationOperation(MatrixView source, MatrixView result, Activation function, int rows)
    : RowOperation(function.ToString(), rows, result.Channels)
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRow(int row)
    {
        float* x = source.Row(row);
        float* y = result.Row(row);
        int c = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; c + 8 <= result.Channels; c += 8)
            {
                ActivationKernel.Apply(function, Vector256.Load(x + c)).Store(y + c);
            }
        }

        for (; c < result.Channels; c++)
        {
            y[c] = ActivationKernel.Apply(function, x[c]);
        }
    }
}

/// <summary>first · gelu(second) of the two halves of a row.</summary>
internal sealed unsafe class GegluOperation(MatrixView source, MatrixView result, int rows)
    : RowOperation("geglu", rows, result.Channels)
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRow(int row)
    {
        float* value = source.Row(row);
        float* gate = value + result.Channels;
        float* y = result.Row(row);
        int c = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; c + 8 <= result.Channels; c += 8)
            {
                (Vector256.Load(value + c) * VectorMath.Gelu(Vector256.Load(gate + c))).Store(y + c);
            }
        }

        for (; c < result.Channels; c++)
        {
            y[c] = value[c] * VectorMath.Gelu(gate[c]);
        }
    }
}

/// <summary>first + second · scale, where second may have a single row for each image and scale may be absent (1).</summary>
internal sealed unsafe class AddOperation(MatrixView first, MatrixView second, MatrixView scale, MatrixView result, int rows, int rowsPerSecondRow)
    : RowOperation("add", rows, result.Channels)
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRow(int row)
    {
        float factor = scale.Data == 0 ? 1f : *scale.Row(0);
        float* a = first.Row(row);
        float* b = second.Row(row / rowsPerSecondRow);
        float* y = result.Row(row);
        int c = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> factors = Vector256.Create(factor);
            for (; c + 8 <= result.Channels; c += 8)
            {
                Vector256.FusedMultiplyAdd(Vector256.Load(b + c), factors, Vector256.Load(a + c)).Store(y + c);
            }
        }

        for (; c < result.Channels; c++)
        {
            y[c] = MathF.FusedMultiplyAdd(b[c], factor, a[c]);
        }
    }
}

/// <summary>(x · scale + shift) · (m + 1) + a, mixed with the raw source where the control scale is not 1.</summary>
internal sealed unsafe class ZeroSftOperation(
    ChannelParts source, NormPrologue norm, MatrixView modulation, ChannelParts raw, MatrixView controlScale, MatrixView result, int rows, int rowsPerImage)
    : RowOperation("zerosft", rows, result.Channels)
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRow(int row)
    {
        float s = *controlScale.Row(0);
        float* y = result.Row(row);
        int image = row / rowsPerImage;
        int first = 0;
        foreach (MatrixView part in source.Parts)
        {
            norm.Copy(part.Row(row), y + first, image, first, part.Channels);
            first += part.Channels;
        }

        float* multiplier = modulation.Row(row);
        Modulate(y, multiplier, multiplier + result.Channels, result.Channels);
        if (s == 1f)
        {
            return;
        }

        first = 0;
        foreach (MatrixView part in raw.Parts)
        {
            float* x = part.Row(row);
            for (int c = 0; c < part.Channels; c++)
            {
                y[first + c] = (y[first + c] * s) + (x[c] * (1f - s));
            }

            first += part.Channels;
        }
    }

    private static void Modulate(float* y, float* multiplier, float* summand, int channels)
    {
        int c = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; c + 8 <= channels; c += 8)
            {
                Vector256<float> m = Vector256.Load(multiplier + c) + Vector256<float>.One;
                Vector256.FusedMultiplyAdd(Vector256.Load(y + c), m, Vector256.Load(summand + c)).Store(y + c);
            }
        }

        for (; c < channels; c++)
        {
            y[c] = MathF.FusedMultiplyAdd(y[c], multiplier[c] + 1f, summand[c]);
        }
    }
}

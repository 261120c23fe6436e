using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>What happens to a row of a source while it is copied: nothing, or x · scale + shift per image and channel and a SiLU.</summary>
/// <param name="Scale">One row for each image; none where its data is 0.</param>
/// <param name="Shift">One row for each image.</param>
/// <param name="IsSilu">Whether SiLU follows.</param>
internal readonly unsafe record struct NormPrologue(MatrixView Scale, MatrixView Shift, bool IsSilu)
{
    private const int Lanes = 8;

    /// <summary>Copies channels [start, start + count) of a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Copy(float* source, float* destination, int image, int start, int count)
    {
        if (Scale.Data == 0)
        {
            Buffer.MemoryCopy(source, destination, (long)count * sizeof(float), (long)count * sizeof(float));
            return;
        }

        float* scale = Scale.Row(image) + start;
        float* shift = Shift.Row(image) + start;
        int c = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            if (IsSilu)
            {
                for (; c + Lanes <= count; c += Lanes)
                {
                    Vector256<float> x = Vector256.FusedMultiplyAdd(Vector256.Load(source + c), Vector256.Load(scale + c), Vector256.Load(shift + c));
                    VectorMath.Swish(x, 1f).Store(destination + c);
                }
            }
            else
            {
                for (; c + Lanes <= count; c += Lanes)
                {
                    Vector256<float> x = Vector256.FusedMultiplyAdd(Vector256.Load(source + c), Vector256.Load(scale + c), Vector256.Load(shift + c));
                    x.Store(destination + c);
                }
            }
        }

        for (; c < count; c++)
        {
            float x = MathF.FusedMultiplyAdd(source[c], scale[c], shift[c]);
            destination[c] = IsSilu ? VectorMath.Swish(x, 1f) : x;
        }
    }
}

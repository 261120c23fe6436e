// Brings a checkpoint's tensor, as it is stored, into the matrix that products read: rows of output channels, each [tap][input
// channel padded with zeros to padded]. One thread an element of the result. stored: 0 single, 1 half, 2 bfloat16, 3 int8, 4 E4M3,
// as Supir.Engine.DType. A number that is not finite in the new format sets *refused.
__device__ __forceinline__ float read_stored(const void* source, i64 i, int stored)
{
    switch (stored)
    {
        case 0: return ((const float*)source)[i];
        case 1:
        {
            float y;
            asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(((const u16*)source)[i]));
            return y;
        }
        case 2: return __uint_as_float((u32)((const u16*)source)[i] << 16);
        case 3: return (float)((const signed char*)source)[i];
        default:
        {
            int bits = ((const unsigned char*)source)[i], exponent = (bits >> 3) & 15, mantissa = bits & 7;
            float magnitude = exponent == 15 && mantissa == 7 ? __int_as_float(0x7fffffff)
                : exponent == 0 ? mantissa / 512.0f : ldexpf(1.0f + mantissa / 8.0f, exponent - 7);
            return bits & 0x80 ? -magnitude : magnitude;
        }
    }
}

// scales: one a row of what is stored (an output channel; of a transposed matrix an input channel), or null.
extern "C" __global__ void bring_in(
    const void* source, int stored, const float* scales, T* y, int outputs, int inputs, int taps, int padded, int is_transposed, int* refused)
{
    i64 all = (i64)outputs * taps * padded;
    for (i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x; i < all; i += (i64)gridDim.x * blockDim.x)
    {
        u32 input = (u32)(i % padded);
        u32 rest = (u32)(i / padded), tap = rest % taps, output = rest / taps;
        float value = 0.0f;
        if (input < (u32)inputs)
        {
            i64 at = is_transposed ? (i64)input * outputs + output : ((i64)output * inputs + input) * taps + tap;
            value = read_stored(source, at, stored);
            if (scales) value *= scales[is_transposed ? input : output];
        }
        T result = narrow(value);
        float kept = widen(result);
        if (!(kept - kept == 0.0f)) *refused = 1; // an infinity or NaN
        y[i] = result;
    }
}

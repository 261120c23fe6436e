// Brings a checkpoint's tensor, as it is stored, into the matrix that products read: rows of output channels, each [tap][input
// channel padded with zeros to padded]. bring_in: one thread an element of the result. bring_in_eight: one block a row, which gets
// a scale of its own. bring_in_four: one thread 64 inputs of a row. widen_weights: rows of 8 bits back to T, for a product that follows
// at once. stored: 0 single, 1 half, 2 bfloat16, 3 int8, 4 E4M3, 5 int4, as Supir.Engine.DType. scales: of int8 a single for each row of
// what is stored (an output channel; of a transposed matrix an input channel), of int4 a half for each 64 elements; otherwise null.
// A number that is not finite in the new format sets *refused. What a file was rounded to before, by the processor, comes out to the bit as
// what is rounded here: every product below is rounded before it is summed, and weights that are in 8 or 4 bits already keep their scales.
__device__ __forceinline__ float read_half(const void* source, i64 i)
{
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(((const u16*)source)[i]));
    return y;
}

__device__ __forceinline__ float read_stored(const void* source, i64 i, int stored)
{
    switch (stored)
    {
        case 0: return ((const float*)source)[i];
        case 1: return read_half(source, i);
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

// The number that an element stands for. row: that of what is stored.
__device__ __forceinline__ float read_weight(const void* source, i64 i, int stored, const void* scales, int row)
{
    if (stored == 5)
    {
        int pair = ((const unsigned char*)source)[i / 2];
        return (float)(((i & 1) ? pair >> 4 : pair & 15) - 8) * read_half(scales, i / 64);
    }
    float value = read_stored(source, i, stored);
    return scales ? value * ((const float*)scales)[row] : value;
}

extern "C" __global__ void bring_in(
    const void* source, int stored, const void* scales, T* y, int outputs, int inputs, int taps, int padded, int is_transposed, int* refused)
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
            value = read_weight(source, at, stored, scales, is_transposed ? input : output);
        }
        T result = narrow(value);
        float kept = widen(result);
        if (!(kept - kept == 0.0f)) *refused = 1; // an infinity or NaN
        y[i] = result;
    }
}

__device__ __forceinline__ float element_of(
    const void* source, int stored, const void* scales, int output, int at, int outputs, int inputs, int taps, int padded, int is_transposed)
{
    int tap = at / padded, input = at - tap * padded;
    if (input >= inputs) return 0.0f;
    i64 place = is_transposed ? (i64)input * outputs + output : ((i64)output * inputs + input) * taps + tap;
    return read_weight(source, place, stored, scales, is_transposed ? input : output);
}

// To the nearest E4M3, ties to even; |x| is at most 448.
__device__ __forceinline__ u32 to_float8(float x)
{
    u32 bits = __float_as_uint(x), sign = bits >> 31 << 7, magnitude = bits & 0x7fffffffu;
    u32 code;
    if (magnitude < 0x3c800000u) // below 2⁻⁶ the numbers are multiples of 2⁻⁹
    {
        code = (u32)__float2int_rn(__uint_as_float(magnitude) * 512.0f);
    }
    else
    {
        magnitude += 0x7ffffu + ((magnitude >> 20) & 1);
        code = ((magnitude >> 23) - 120) << 3 | ((magnitude >> 20) & 7);
    }
    return sign | (code < 0x7eu ? code : 0x7eu);
}

// y = x / scale in int8 (is_float 0: scale = most / 127) or E4M3 (scale = most / 448), with one scale for each row. Grid: rows.
extern "C" __global__ void bring_in_eight(
    const void* source, int stored, const void* scales, unsigned char* y, float* row_scales,
    int outputs, int inputs, int taps, int padded, int is_transposed, int is_float, int* refused)
{
    __shared__ float shared[32];
    int output = blockIdx.x, depth = taps * padded;
    float most = 0.0f, sum = 0.0f;
    for (int i = threadIdx.x; i < depth; i += blockDim.x)
    {
        float value = element_of(source, stored, scales, output, i, outputs, inputs, taps, padded, is_transposed);
        most = fmaxf(most, fabsf(value));
        sum += value - value; // NaN where a number is not finite; fmaxf would pass over it
    }
    if (!(sum == 0.0f)) *refused = 1;
    most = most_over_block(most, shared);
    float largest = is_float ? 448.0f : 127.0f;
    bool is_kept = stored == 3 && !is_float && !is_transposed;
    float scale = is_kept ? ((const float*)scales)[output] : most > 0.0f ? most / largest : 1.0f, inverse = 1.0f / scale;
    if (threadIdx.x == 0) row_scales[output] = scale;
    for (int i = threadIdx.x; i < depth; i += blockDim.x)
    {
        float value = element_of(source, stored, scales, output, i, outputs, inputs, taps, padded, is_transposed);
        value = is_float ? value / scale : value * inverse;
        value = fminf(largest, fmaxf(-largest, value));
        y[(i64)output * depth + i] = (unsigned char)(is_float ? to_float8(value) : (u32)__float2int_rn(value));
    }
}

// w = s · n, n from −8 to 7 and s a half for each 64 of a row, laid as TokenProduct.cu says: the number of largest magnitude becomes −8,
// and the factor is then the one that fits all numbers best in the sense of least squares. Zeros fill rows up to whole pieces of 128.
// y: the matrix, of which the source is rows from first on.
extern "C" __global__ void bring_in_four(
    const void* source, int stored, const void* scales, unsigned char* y, int first, int outputs, int inputs, int taps, int padded, int pieces, int* refused)
{
    int depth = taps * padded, groups = pieces * 2, all = outputs * groups;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < all; i += gridDim.x * blockDim.x)
    {
        int output = i / groups, group = i - output * groups, begin = group * 64, count = min(64, depth - begin);
        float extreme = 0.0f, check = 0.0f;
        for (int k = 0; k < count; k++)
        {
            float value = element_of(source, stored, scales, output, begin + k, outputs, inputs, taps, padded, 0);
            if (fabsf(value) > fabsf(extreme)) extreme = value;
            check += value - value;
        }
        if (!(check == 0.0f)) *refused = 1;
        int row = first + output;
        unsigned char* piece = y + ((i64)(row / 8) * pieces + group / 2) * (512 + 32);
        float inverse = extreme == 0.0f ? 0.0f : -8.0f / extreme, products = 0.0f, squares = 0.0f;
        for (int word = 0; word < 8; word++)
        {
            u32 bits = 0;
            for (int j = 0; j < 8; j++)
            {
                int k = word * 8 + j;
                float value = k < count ? element_of(source, stored, scales, output, begin + k, outputs, inputs, taps, padded, 0) : 0.0f;
                float level = fmaxf(-8.0f, fminf(7.0f, rintf(value * inverse)));
                products += __fmul_rn(value, level);
                squares += level * level;
                bits |= ((u32)(int)level & 15) << (4 * j);
            }
            int number = group % 2 * 8 + word;
            reinterpret_cast<u32*>(piece)[row % 8 * 16 + number % 4 * 4 + number / 4] = bits;
        }
        u16 scale;
        asm("cvt.rn.f16.f32 %0, %1;" : "=h"(scale) : "f"(extreme == 0.0f ? 0.0f : products / squares));
        reinterpret_cast<u16*>(piece + 512)[row % 8 * 2 + group % 2] = scale;
    }
}

// y = x · scale of the row: int8 to T, VECTOR elements a thread. Bytes moved: 1 read and sizeof(T) written for each weight.
extern "C" __global__ void widen_weights(const signed char* x, const float* row_scales, T* y, int depth, int all)
{
    struct alignas(VECTOR) Bytes { signed char e[VECTOR]; };
    u32 packs = (u32)all / VECTOR, packs_of_row = (u32)depth / VECTOR;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < packs; i += gridDim.x * blockDim.x)
    {
        Bytes bytes = reinterpret_cast<const Bytes*>(x)[i];
        float scale = row_scales[i / packs_of_row];
        Pack pack;
#pragma unroll
        for (int k = 0; k < VECTOR; k++) pack.e[k] = narrow((float)bytes.e[k] * scale);
        store_pack(y + (i64)i * VECTOR, pack);
    }
}

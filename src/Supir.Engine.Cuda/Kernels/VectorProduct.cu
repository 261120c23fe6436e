// Products of one row x with rows of weights in 4 or 8 bits: y = Σ x · w + bias + residual. A warp has two rows of weights, so that x is
// widened once for both; a lane loads 16 bytes of each at a time, and the warp reads whole lines. Bytes moved: the weights once.
// 4 bits: w = s · (n − 8), n at nibble k of the row, s a half for each 64. widen_four: such rows to T, for products of many rows.

__device__ __forceinline__ float half_to_single(u16 x)
{
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
    return y;
}

// COUNT elements of x from k on, zeros behind the end.
template <int COUNT>
__device__ __forceinline__ void load_row(float* destination, const T* x, int k, int depth)
{
#if VECTOR > 1
    if (k + COUNT <= depth)
    {
#pragma unroll
        for (int i = 0; i < COUNT; i += VECTOR)
        {
            Pack pack = load_pack(x + k + i);
#pragma unroll
            for (int j = 0; j < VECTOR; j++) destination[i + j] = widen(pack.e[j]);
        }
        return;
    }
#endif
#pragma unroll
    for (int i = 0; i < COUNT; i++) destination[i] = k + i < depth ? widen(x[k + i]) : 0.0f;
}

// Nibble i of a word, less 8, times 16^i for i < 5, of the rest 16^(i − 5): put into the mantissa of 2^23, where it counts as it stands.
__device__ __forceinline__ float four_bit_sum(u32 word, const float* x)
{
    float sum = 0.0f;
    u32 high = word >> 20;
#pragma unroll
    for (int i = 0; i < 8; i++)
    {
        int place = i < 5 ? i : i - 5;
        u32 bits = ((i < 5 ? word : high) & (0xfu << (4 * place))) | 0x4b000000u;
        sum += (__uint_as_float(bits) - (8388608.0f + (float)(8 << (4 * place)))) * x[i];
    }
    return sum;
}

__device__ __forceinline__ void finish(float sum, int row, const T* bias, const T* residual, T* y)
{
    if (bias) sum += widen(bias[row]);
    if (residual) sum += widen(residual[row]);
    y[row] = narrow(sum);
}

// weights: [rows][groups][8 words]; scales: [rows][groups].
extern "C" __global__ void vector_four(
    const T* x, const u32* weights, const u16* scales, const T* bias, const T* residual, T* y, int depth, int groups, int rows)
{
    int lane = threadIdx.x % 32, row = (blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32) * 2;
    if (row >= rows) return;
    int second = min(row + 1, rows - 1), pieces = groups * 2;
    const uint4* first_words = reinterpret_cast<const uint4*>(weights) + (i64)row * pieces;
    const uint4* second_words = reinterpret_cast<const uint4*>(weights) + (i64)second * pieces;
    float a = 0.0f, b = 0.0f;
#pragma unroll 2
    for (int piece = lane; piece < pieces; piece += 32)
    {
        uint4 u = first_words[piece], v = second_words[piece];
        float s = half_to_single(scales[(i64)row * groups + piece / 2]), t = half_to_single(scales[(i64)second * groups + piece / 2]);
        float values[32];
        load_row<32>(values, x, piece * 32, depth);
#pragma unroll
        for (int i = 0; i < 32; i++)
        {
            int place = i % 8 < 5 ? i % 8 : i % 8 - 5;
            values[i] *= 1.0f / (float)(1 << (4 * place));
        }
        a += s * (four_bit_sum(u.x, values) + four_bit_sum(u.y, values + 8) + four_bit_sum(u.z, values + 16) + four_bit_sum(u.w, values + 24));
        b += t * (four_bit_sum(v.x, values) + four_bit_sum(v.y, values + 8) + four_bit_sum(v.z, values + 16) + four_bit_sum(v.w, values + 24));
    }
    a = sum_over_warp(a);
    b = sum_over_warp(b);
    if (lane == 0) finish(a, row, bias, residual, y);
    if (lane == 1 && row + 1 < rows) finish(b, row + 1, bias, residual, y);
}

__device__ __forceinline__ float eight_bit_sum(u32 word, const float* x)
{
    return (float)(signed char)(word & 0xff) * x[0] + (float)(signed char)(word >> 8 & 0xff) * x[1] + (float)(signed char)(word >> 16 & 0xff) * x[2]
        + (float)(signed char)(word >> 24) * x[3];
}

// weights: [rows][depth]; scales: a single a row. Without VECTOR the rows need not begin at multiples of 16 bytes.
extern "C" __global__ void vector_eight(
    const T* x, const signed char* weights, const float* scales, const T* bias, const T* residual, T* y, int depth, int rows)
{
    int lane = threadIdx.x % 32, row = (blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32) * 2;
    if (row >= rows) return;
    int second = min(row + 1, rows - 1);
    const signed char* first_row = weights + (i64)row * depth;
    const signed char* second_row = weights + (i64)second * depth;
    float a = 0.0f, b = 0.0f;
#if VECTOR > 1
#pragma unroll 2
    for (int k = lane * 16; k < depth; k += 32 * 16)
    {
        uint4 u = *reinterpret_cast<const uint4*>(first_row + k), v = *reinterpret_cast<const uint4*>(second_row + k);
        float values[16];
        load_row<16>(values, x, k, depth);
        a += eight_bit_sum(u.x, values) + eight_bit_sum(u.y, values + 4) + eight_bit_sum(u.z, values + 8) + eight_bit_sum(u.w, values + 12);
        b += eight_bit_sum(v.x, values) + eight_bit_sum(v.y, values + 4) + eight_bit_sum(v.z, values + 8) + eight_bit_sum(v.w, values + 12);
    }
#else
    for (int k = lane; k < depth; k += 32)
    {
        float value = widen(x[k]);
        a += (float)first_row[k] * value;
        b += (float)second_row[k] * value;
    }
#endif
    a = sum_over_warp(a) * scales[row];
    b = sum_over_warp(b) * scales[second];
    if (lane == 0) finish(a, row, bias, residual, y);
    if (lane == 1 && row + 1 < rows) finish(b, row + 1, bias, residual, y);
}

// One thread a word of eight numbers.
extern "C" __global__ void widen_four(const u32* weights, const u16* scales, T* y, int depth, int groups, int rows)
{
    i64 all = (i64)rows * groups * 8;
    for (i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x; i < all; i += (i64)gridDim.x * blockDim.x)
    {
        i64 group = i / 8;
        int row = (int)(group / groups), k = (int)(group - (i64)row * groups) * 64 + (int)(i % 8) * 8;
        u32 word = weights[i];
        float scale = half_to_single(scales[group]);
        for (int j = 0; j < 8 && k + j < depth; j++)
            y[(i64)row * depth + k + j] = narrow((float)((int)(word >> (4 * j) & 15) - 8) * scale);
    }
}

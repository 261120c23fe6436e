// Products of one row x with rows of weights in 4 or 8 bits: y = Σ x · w + bias + residual, with x as it is or first divided by the
// root of its mean square. gated: rows i and rows / 2 + i make one number, silu(a) · b. A warp has two rows of weights, so that x is
// widened once for both, and reads whole lines. Bytes moved: the weights once. TokenProduct.cu does those in 4 bits where it can; its head
// says how these lie.
#define BLOCK_WARPS 8

// x, or x / sqrt(mean(x²) + epsilon) · gamma, into shared memory, with zeros up to padded.
__device__ __forceinline__ void stage(T* row, const T* x, const float* gamma, float epsilon, int depth, int padded)
{
    __shared__ float shared[32];
    float squares = 0.0f;
    for (int k = threadIdx.x * VECTOR; k < padded; k += blockDim.x * VECTOR)
    {
        Pack pack = {};
        if (k < depth) pack = load_pack(x + k);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) squares += widen(pack.e[i]) * widen(pack.e[i]);
        store_pack(row + k, pack);
    }
    if (gamma)
    {
        float factor = 1.0f / sqrtf(sum_over_block(squares, shared) / (float)depth + epsilon);
        for (int k = threadIdx.x * VECTOR; k < depth; k += blockDim.x * VECTOR)
        {
            Pack pack = load_pack(row + k);
#pragma unroll
            for (int i = 0; i < VECTOR; i++) pack.e[i] = narrow(widen(pack.e[i]) * factor * gamma[k + i]);
            store_pack(row + k, pack);
        }
    }
    __syncthreads();
}

__device__ __forceinline__ float half_to_single(u16 x)
{
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
    return y;
}

__device__ __forceinline__ void finish(float sum, int row, const T* bias, const T* residual, T* y)
{
    if (bias) sum += widen(bias[row]);
    if (residual) sum += widen(residual[row]);
    y[row] = narrow(sum);
}

// Lane 0 writes the first of two rows, lane 1 the second; gated, lane 0 the number that they make.
__device__ __forceinline__ void finish_two(float a, float b, int first, int rows, int gated, const T* bias, const T* residual, T* y)
{
    int lane = threadIdx.x % 32;
    if (gated && lane == 0)
    {
        if (bias)
        {
            a += widen(bias[first]);
            b += widen(bias[first + rows / 2]);
        }
        finish(activate(a, 1) * b, first, nullptr, residual, y);
    }
    if (!gated && lane == 0) finish(a, first, bias, residual, y);
    if (!gated && lane == 1 && first + 1 < rows) finish(b, first + 1, bias, residual, y);
}

#define PIECE_BYTES (512 + 32)

// A row in 4 bits: words of eight numbers, two groups of eight words a piece.
struct FourBitRow
{
    const unsigned char* pieces;
    int at;

    __device__ __forceinline__ FourBitRow(const unsigned char* weights, int row, int pieces_of_row)
        : pieces(weights + (i64)(row / 8) * pieces_of_row * PIECE_BYTES), at(row % 8) {}
    __device__ __forceinline__ u32 word(int i) const { return reinterpret_cast<const u32*>(pieces + (i64)(i / 16) * PIECE_BYTES)[at * 16 + i % 4 * 4 + i % 16 / 4]; }
    __device__ __forceinline__ float scale(int i) const
    {
        return half_to_single(reinterpret_cast<const u16*>(pieces + (i64)(i / 16) * PIECE_BYTES + 512)[at * 2 + i % 16 / 8]);
    }
};

// Numbers from −8 to 7, put into the mantissa of 2^23 with 8 more, at their place: 16^i for i < 5, of the rest 16^(i − 5).
__device__ __forceinline__ float four_bit_sum(u32 word, const T* x)
{
    float sum = 0.0f;
    word ^= 0x88888888u;
    u32 high = word >> 20;
#pragma unroll
    for (int i = 0; i < 8; i++)
    {
        int place = i < 5 ? i : i - 5;
        u32 bits = ((i < 5 ? word : high) & (0xfu << (4 * place))) | 0x4b000000u;
        sum += (__uint_as_float(bits) - (8388608.0f + (float)(8 << (4 * place)))) * (widen(x[i]) * (1.0f / (float)(1 << (4 * place))));
    }
    return sum;
}

// Dynamic shared memory: x up to whole pieces.
extern "C" __global__ void __launch_bounds__(BLOCK_WARPS * 32) vector_four(
    const T* x, const float* gamma, float epsilon, const unsigned char* weights, const T* bias, const T* residual, T* y,
    int depth, int pieces, int rows, int gated)
{
    extern __shared__ uint4 memory[];
    T* row = reinterpret_cast<T*>(memory);
    stage(row, x, gamma, epsilon, depth, pieces * 128);
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32, half = gated ? rows / 2 : 1, stride = gated ? 1 : 2, end = gated ? half : rows;
    for (int first = (blockIdx.x * BLOCK_WARPS + warp) * stride; first < end; first += gridDim.x * BLOCK_WARPS * stride)
    {
        int second = min(first + half, rows - 1);
        FourBitRow one(weights, first, pieces), other(weights, second, pieces);
        float a = 0.0f, b = 0.0f;
#pragma unroll 2
        for (int i = lane; i < pieces * 16; i += 32)
        {
            a += one.scale(i) * four_bit_sum(one.word(i), row + i * 8);
            b += other.scale(i) * four_bit_sum(other.word(i), row + i * 8);
        }
        finish_two(sum_over_warp(a), sum_over_warp(b), first, rows, gated, bias, residual, y);
    }
}

// Four numbers of a word, put into the mantissas of 2^23 + 128, times four of x.
__device__ __forceinline__ float eight_bit_sum(u32 word, const float* x)
{
    float sum = 0.0f;
    word ^= 0x80808080u;
#pragma unroll
    for (int i = 0; i < 4; i++) sum += (__uint_as_float(__byte_perm(word, 0x4b000000u, 0x7440 + i)) - 8388736.0f) * x[i];
    return sum;
}

// weights: [rows][depth]; scales: a single a row. Without VECTOR the rows need not begin at multiples of 16 bytes.
// Dynamic shared memory: x.
extern "C" __global__ void __launch_bounds__(BLOCK_WARPS * 32) vector_eight(
    const T* x, const float* gamma, float epsilon, const signed char* weights, const float* scales, const T* bias, const T* residual, T* y,
    int depth, int rows, int gated)
{
    extern __shared__ uint4 memory[];
    T* row = reinterpret_cast<T*>(memory);
    let_next_begin();
    await_previous();
    stage(row, x, gamma, epsilon, depth, depth);
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32, half = gated ? rows / 2 : 1, stride = gated ? 1 : 2, end = gated ? half : rows;
    for (int first = (blockIdx.x * BLOCK_WARPS + warp) * stride; first < end; first += gridDim.x * BLOCK_WARPS * stride)
    {
        int second = min(first + half, rows - 1);
        const signed char* first_row = weights + (i64)first * depth;
        const signed char* second_row = weights + (i64)second * depth;
        float a = 0.0f, b = 0.0f;
#if VECTOR > 1
#pragma unroll 5
        for (int k = lane * 16; k < depth; k += 32 * 16)
        {
            uint4 u = *reinterpret_cast<const uint4*>(first_row + k), v = *reinterpret_cast<const uint4*>(second_row + k);
            float values[16];
#pragma unroll
            for (int i = 0; i < 16; i += VECTOR)
            {
                Pack pack = load_pack(row + k + i);
#pragma unroll
                for (int j = 0; j < VECTOR; j++) values[i + j] = widen(pack.e[j]);
            }
            a += eight_bit_sum(u.x, values) + eight_bit_sum(u.y, values + 4) + eight_bit_sum(u.z, values + 8) + eight_bit_sum(u.w, values + 12);
            b += eight_bit_sum(v.x, values) + eight_bit_sum(v.y, values + 4) + eight_bit_sum(v.z, values + 8) + eight_bit_sum(v.w, values + 12);
        }
#else
        for (int k = lane; k < depth; k += 32)
        {
            float value = widen(row[k]);
            a += (float)first_row[k] * value;
            b += (float)second_row[k] * value;
        }
#endif
        finish_two(sum_over_warp(a) * scales[first], sum_over_warp(b) * scales[second], first, rows, gated, bias, residual, y);
    }
}

// One thread a word of eight numbers of a row in 4 bits.
extern "C" __global__ void widen_four(const unsigned char* weights, T* y, int depth, int pieces, int rows)
{
    int words = pieces * 16;
    i64 all = (i64)rows * words;
    for (i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x; i < all; i += (i64)gridDim.x * blockDim.x)
    {
        int row = (int)(i / words), number = (int)(i - (i64)row * words), k = number * 8;
        if (k >= depth) continue;
        FourBitRow source(weights, row, pieces);
        u32 word = source.word(number) ^ 0x88888888u;
        float scale = source.scale(number);
        for (int j = 0; j < 8 && k + j < depth; j++) y[(i64)row * depth + k + j] = narrow((float)((int)(word >> (4 * j) & 15) - 8) * scale);
    }
}

// Products of one row x with rows of weights in 4 bits, for GPUs and formats with products of whole numbers (others: VectorProduct.cu):
// y = Σ x · w + bias + residual, with x as it is or first divided by the root of its mean square. gated: rows i and rows / 2 + i make one
// number, silu(a) · b. Bytes moved: the weights once. They do not depend on the kernel before, and the first are on the way before it ends.
//
// Weights: w = s · n, n from −8 to 7. Eight rows and 128 inputs make a piece, 512 bytes of n and 8 · 2 scales in half precision; pieces
// of the same rows follow each other. A block multiplies 16 rows at a time, a warp every WARPS-th piece of them, four lanes a row: word i
// of a row's sixteen is number i / 4 of lane i % 4, so that the words that meet in one instruction are of one group of 64 inputs.
// x is cut into whole multiples of its largest number's 1 / LARGEST, and those into three digits of 8 bits: products of 16×32×8 in whole
// numbers, a digit a column, are exact, and two instructions and a shift make all eight numbers of a word ready for them.
#if ARCHITECTURE >= 80 && TYPE != 32 && VECTOR == 8
#define WARPS 8
#define BLOCKS 3 // of a multiprocessor
#define BATCH 2 // pieces that a lane has on the way at once
#define THREADS (WARPS * 32)
#define PIECE 128
#define PIECE_BYTES (512 + 32)

__device__ __forceinline__ float half_to_single(u16 x)
{
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
    return y;
}

// c + a · b in whole numbers: 16 rows by 32 inputs, of which a lane has four words, and 32 inputs by 8 columns. MAGIC for c makes the
// results singles, MAGIC_SINGLE too large.
#define MAGIC 0x4b400000u
#define MAGIC_SINGLE 12582912.0f
__device__ __forceinline__ void multiply(u32* c, u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1, bool is_first)
{
    u32 d[4];
#pragma unroll
    for (int i = 0; i < 4; i++) d[i] = is_first ? MAGIC : c[i];
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};"
                 : "=r"(c[0]), "=r"(c[1]), "=r"(c[2]), "=r"(c[3])
                 : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1), "r"(d[0]), "r"(d[1]), "r"(d[2]), "r"(d[3]));
}

// What a kernel needs first, from the other side of the memory.
__device__ __forceinline__ void bring_near(const float* gamma, int depth)
{
    if (gamma)
        for (int k = threadIdx.x * 8; k < depth; k += THREADS * 8) asm volatile("prefetch.global.L2 [%0];" ::"l"(gamma + k));
}

// Bytes of a digit's numbers: the gap spares the memory's banks.
__device__ __forceinline__ int plane_bytes(int pieces) { return pieces * PIECE + 16; }

// Four numbers' digit: byte d of each.
__device__ __forceinline__ u32 digit_of(const u32* x, int d)
{
    u32 select = 0x0040u + d * 0x11u;
    return __byte_perm(__byte_perm(x[0], x[2], select), __byte_perm(x[4], x[6], select), 0x5410u);
}

// The sum of squares of x, and the largest of x · gamma.
__device__ __forceinline__ void measure(const Pack& x, const float* gamma, int k, float& squares, float& most)
{
    float factors[VECTOR];
    if (gamma) load_singles(factors, gamma + k);
#pragma unroll
    for (int i = 0; i < VECTOR; i++)
    {
        float value = widen(x.e[i]);
        squares += value * value;
        most = fmaxf(most, fabsf(gamma ? value * factors[i] : value));
    }
}

// The eight numbers of a word, as multiples of the largest number's 1 / LARGEST: bytes 0, 2, 4, 6 and 1, 3, 5, 7 of each digit.
#define LARGEST 8355700.0f // a few less than three digits hold
__device__ __forceinline__ void put_digits(unsigned char* digits, int plane, int word, const Pack& x, const float* gamma, bool is_inside, float factor)
{
    float factors[VECTOR];
    u32 whole[VECTOR];
    if (gamma && is_inside) load_singles(factors, gamma + word * VECTOR);
#pragma unroll
    for (int i = 0; i < VECTOR; i++)
    {
        float value = widen(x.e[i]);
        if (gamma && is_inside) value *= factors[i];
        whole[i] = (u32)(__float2int_rn(value * factor) + 0x808080) ^ 0x808080u;
    }
    unsigned char* target = digits + word / 16 * PIECE + word % 4 * 32 + word % 16 / 4 * 8;
#pragma unroll
    for (int d = 0; d < 3; d++) *reinterpret_cast<uint2*>(target + d * plane) = make_uint2(digit_of(whole, d), digit_of(whole + 1, d));
}

// The digits of x, or of x / sqrt(mean(x²) + epsilon) · gamma, into shared memory, with zeros up to whole pieces, and what the sums of
// their products with 16 n are to be multiplied by.
__device__ __forceinline__ float stage(unsigned char* digits, const T* x, const float* gamma, float epsilon, int depth, int pieces)
{
    __shared__ float2 shared[WARPS];
    int plane = plane_bytes(pieces);
    float squares = 0.0f, most = 0.0f;
#pragma unroll 2
    for (int k = threadIdx.x * VECTOR; k < depth; k += THREADS * VECTOR) measure(load_pack(x + k), gamma, k, squares, most);
    squares = sum_over_warp(squares);
    most = most_over_warp(most);
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = make_float2(squares, most);
    __syncthreads();
    squares = most = 0.0f;
#pragma unroll
    for (int i = 0; i < WARPS; i++)
    {
        squares += shared[i].x;
        most = fmaxf(most, shared[i].y);
    }
    float inverse = most > 0.0f ? __fdividef(LARGEST, most) : 0.0f;
#pragma unroll 2
    for (int word = threadIdx.x; word < pieces * 16; word += THREADS)
    {
        Pack pack = {};
        if (word * VECTOR < depth) pack = load_pack(x + word * VECTOR);
        put_digits(digits, plane, word, pack, gamma, word * VECTOR < depth, inverse);
    }
    __syncthreads();
    float norm = gamma ? rsqrtf(squares / (float)depth + epsilon) : 1.0f;
    return most * (1.0f / (16.0f * LARGEST)) * norm + squares * 0.0f; // NaN where a number is not finite
}

// A lane's part of BATCH pieces of two eights of rows: 16 bytes of each, and of its quarter's piece the scales of its row.
struct Batch
{
    uint4 a[BATCH], b[BATCH];
    u32 a_scales, b_scales;

    __device__ __forceinline__ void load(const unsigned char* first, const unsigned char* second, int number, int pieces)
    {
        int lane = threadIdx.x % 32, own = number + lane % 4 * WARPS;
#pragma unroll
        for (int j = 0; j < BATCH; j++)
        {
            int at = number + j * WARPS;
            if (at < pieces)
            {
                a[j] = reinterpret_cast<const uint4*>(first + at * PIECE_BYTES)[lane];
                b[j] = reinterpret_cast<const uint4*>(second + at * PIECE_BYTES)[lane];
            }
        }
        if (own < pieces)
        {
            a_scales = reinterpret_cast<const u32*>(first + own * PIECE_BYTES + 512)[lane / 4];
            b_scales = reinterpret_cast<const u32*>(second + own * PIECE_BYTES + 512)[lane / 4];
        }
    }
};

// Sums of digits 0 and 1 in lane 0 of a row, of digit 2 in lane 1; a and b: the rows of either eight.
struct Sums
{
    float a[2], b[2];

    // first, second: a lane's four words of a piece of either eight; x: the digits that they meet.
    __device__ __forceinline__ void add(const uint4& first, const uint4& second, u32 a_scales, u32 b_scales, const uint4* x)
    {
        const u32 high = 0xf0f0f0f0u;
        const u32 *first_words = reinterpret_cast<const u32*>(&first), *second_words = reinterpret_cast<const u32*>(&second);
        uint4 digits[2] = {x[0], x[1]};
        const u32* columns = reinterpret_cast<const u32*>(digits);
#pragma unroll
        for (int group = 0; group < 2; group++)
        {
            u32 c[4];
#pragma unroll
            for (int k = 2 * group; k < 2 * group + 2; k++)
            {
                u32 p = first_words[k], q = second_words[k];
                multiply(c, p << 4 & high, q << 4 & high, p & high, q & high, columns[2 * k], columns[2 * k + 1], k % 2 == 0);
            }
            float s = half_to_single((u16)(a_scales >> (16 * group))), t = half_to_single((u16)(b_scales >> (16 * group)));
#pragma unroll
            for (int i = 0; i < 2; i++)
            {
                a[i] += s * (__uint_as_float(c[i]) - MAGIC_SINGLE);
                b[i] += t * (__uint_as_float(c[i + 2]) - MAGIC_SINGLE);
            }
        }
    }

    __device__ __forceinline__ float whole(const float* sums) const
    {
        float x = threadIdx.x % 4 == 0 ? sums[0] + sums[1] * 256.0f : sums[0] * 65536.0f;
        return x + __shfl_xor_sync(0xffffffffu, x, 1);
    }
};

// Grid: at most as many blocks as there are sixteens of rows. Dynamic shared memory: the digits, and 128 zeros.
extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) vector_four(
    const T* x, const float* gamma, float epsilon, const unsigned char* weights, const T* bias, const T* residual, T* y,
    int depth, int pieces, int rows, int gated)
{
    extern __shared__ uint4 memory[];
    __shared__ float partial[2][WARPS][16];
    unsigned char* digits = reinterpret_cast<unsigned char*>(memory);
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32, eighth = lane / 4, quarter = lane % 4;
    // Tiles of two eights of rows, which follow each other or lie half of the rows apart.
    int stride = gated ? 1 : 2, apart = gated ? rows / 16 : 1, outputs_of_tile = gated ? 8 : 16, outputs = gated ? rows / 2 : rows;
    int tile = blockIdx.x, tiles = (outputs + outputs_of_tile - 1) / outputs_of_tile;
    i64 eight_bytes = (i64)pieces * PIECE_BYTES;
    let_next_begin();
    Batch batch;
    batch.load(weights + tile * stride * eight_bytes, weights + (tile * stride + apart) * eight_bytes, warp, pieces);
    bring_near(gamma, depth);
    // A lane's column is a digit; where there is none, zeros behind them.
    int piece_stride = eighth < 3 ? PIECE : 0, plane = plane_bytes(pieces);
    const unsigned char* column = digits + min(eighth, 3) * plane + quarter * 32;
    if (threadIdx.x < 8) *reinterpret_cast<uint4*>(digits + 3 * plane + threadIdx.x * 16) = make_uint4(0, 0, 0, 0);
    await_previous();
    float factor = stage(digits, x, gamma, epsilon, depth, pieces);

    for (int parity = 0; tile < tiles; parity ^= 1)
    {
        Sums sums = {};
        int next_tile = tile + gridDim.x;
        for (int number = warp; number < pieces; number += BATCH * WARPS)
        {
            bool goes_on = number + BATCH * WARPS < pieces;
            Batch next;
            if (goes_on || next_tile < tiles)
            {
                const unsigned char* source = weights + (goes_on ? tile : next_tile) * stride * eight_bytes;
                next.load(source, source + apart * eight_bytes, goes_on ? number + BATCH * WARPS : warp, pieces);
            }
#pragma unroll
            for (int j = 0; j < BATCH; j++)
            {
                u32 s = __shfl_sync(0xffffffffu, batch.a_scales, (lane & ~3) | j), t = __shfl_sync(0xffffffffu, batch.b_scales, (lane & ~3) | j);
                int at = number + j * WARPS;
                if (at < pieces) sums.add(batch.a[j], batch.b[j], s, t, reinterpret_cast<const uint4*>(column + at * piece_stride));
            }
            batch = next;
        }
        float a = sums.whole(sums.a), b = sums.whole(sums.b);
        if (quarter == 0) partial[parity][warp][eighth] = a;
        if (quarter == 1) partial[parity][warp][8 + eighth] = b;
        __syncthreads();
        int row = tile * outputs_of_tile + (int)threadIdx.x;
        if (threadIdx.x < outputs_of_tile && row < outputs)
        {
            float sum = 0.0f, other = 0.0f;
#pragma unroll
            for (int w = 0; w < WARPS; w++)
            {
                sum += partial[parity][w][threadIdx.x];
                if (gated) other += partial[parity][w][8 + threadIdx.x];
            }
            sum *= factor;
            if (bias) sum += widen(bias[row]);
            if (gated) sum = activate(sum, 1) * (other * factor + (bias ? widen(bias[row + outputs]) : 0.0f));
            if (residual) sum += widen(residual[row]);
            y[row] = narrow(sum);
        }
        tile = next_tile;
    }
}
#endif

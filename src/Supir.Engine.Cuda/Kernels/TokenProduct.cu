// Products of one row x with rows of weights in 4 bits, for GPUs and formats with products of whole numbers (others: VectorProduct.cu):
// y = Σ x · w + bias + residual, with x as it is or first divided by the root of its mean square. gated: rows i and rows / 2 + i make one
// number, silu(a) · b. Bytes moved: the weights once. They do not depend on the kernel before, and the first are on the way before it ends.
//
// Weights: w = s · n, n from −8 to 7. Eight rows and 128 inputs make a piece, 512 bytes of n and 8 · 2 scales in half precision; pieces
// of the same rows follow each other. Four lanes share a row: word i of a row's sixteen is number i / 4 of lane i % 4, so that the words
// that meet in one instruction are of one group of 64 inputs. Products of 16×32×8 in whole numbers take two pieces at once: of two eights
// of rows and the same inputs (wide), or of one eight and different inputs (narrow, for long rows: twice as many tiles to hand out).
// x is cut, group by group, into whole multiples of the group's largest number's 1 / LARGEST, and those into two digits of 8 bits, a digit
// a column, so that the products are exact; each warp does that for the inputs of its own pieces.
#if ARCHITECTURE >= 80 && TYPE != 32 && VECTOR == 8
#define PIECE 128
#define PIECE_BYTES (512 + 32)
#define DIGITS 2
#define DIGIT_BYTES (PIECE + 16) // the gap spares the memory's banks
#define SLOT_BYTES (DIGITS * DIGIT_BYTES)

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

// Weights are read once: past the first-level cache, in whole lines.
__device__ __forceinline__ uint4 load_once(const unsigned char* source)
{
    uint4 x;
    asm volatile("ld.global.nc.L1::no_allocate.L2::128B.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w) : "l"(source));
    return x;
}

// Four numbers' digit: byte d of each.
__device__ __forceinline__ u32 digit_of(const u32* x, int d)
{
    u32 select = 0x0040u + d * 0x11u;
    return __byte_perm(__byte_perm(x[0], x[2], select), __byte_perm(x[4], x[6], select), 0x5410u);
}

// The digits of a warp's pieces, [piece][DIGITS][DIGIT_BYTES], and what the sums of their products with 16 n are to be multiplied by,
// [piece][group].
#define LARGEST 32639.0f  // the most that two digits hold
#define LEAST 1e-30f      // whose reciprocal still is a number
struct Row
{
    unsigned char* digits;
    float* factors;

    // A lane's eight numbers of sixteen such, times gamma: bytes 0, 2, 4, 6 and 1, 3, 5, 7 of each digit. Returns the sum of x's squares.
    __device__ __forceinline__ float put(int piece, const Pack& x, const float* gamma)
    {
        float values[VECTOR], squares = 0.0f, most = 0.0f;
        u32 whole[VECTOR];
#pragma unroll
        for (int i = 0; i < VECTOR; i++)
        {
            float value = widen(x.e[i]);
            squares += value * value;
            values[i] = value * gamma[i];
            most = fmaxf(most, fabsf(values[i]));
        }
#pragma unroll
        for (int distance = 4; distance > 0; distance >>= 1) most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, distance));
        float factor = most > LEAST ? __fdividef(LARGEST, most) : 0.0f;
#pragma unroll
        for (int i = 0; i < VECTOR; i++) whole[i] = (u32)(__float2int_rn(values[i] * factor) + 0x8080) ^ 0x8080u;
        int word = threadIdx.x % 16;
        unsigned char* target = digits + piece * SLOT_BYTES + word % 4 * 32 + word / 4 * 8;
#pragma unroll
        for (int d = 0; d < DIGITS; d++) *reinterpret_cast<uint2*>(target + d * DIGIT_BYTES) = make_uint2(digit_of(whole, d), digit_of(whole + 1, d));
        if (word % 8 == 0) factors[piece * 2 + word / 8] = most * (1.0f / (16.0f * LARGEST));
        return squares;
    }
};

// Brings pieces first, first + step and so on of x, `count` of them (even), into a row, with zeros behind the end; HELD packs of x are on
// the way at once, and as many of gamma before x is there.
template <int HELD>
struct Stage
{
    const float* gamma;
    int depth, first, step, count, half, inside;
    float by[HELD][VECTOR];

    __device__ __forceinline__ Stage(const float* gamma, int depth, int first, int step, int count)
        : gamma(gamma), depth(depth), first(first), step(step), count(count), half(threadIdx.x % 32 / 16), inside(threadIdx.x % 16 * VECTOR)
    {
        load_gamma(half);
    }

    __device__ __forceinline__ int place(int at) const { return (first + at * step) * PIECE + inside; }

    __device__ __forceinline__ void load_gamma(int start)
    {
#pragma unroll
        for (int i = 0; i < HELD; i++)
        {
#pragma unroll
            for (int j = 0; j < VECTOR; j++) by[i][j] = 1.0f;
            if (gamma && start + 2 * i < count && place(start + 2 * i) < depth) load_singles(by[i], gamma + place(start + 2 * i));
        }
    }

    __device__ __forceinline__ float put(Row& row, const T* x)
    {
        float squares = 0.0f;
        for (int start = half; start < count; start += 2 * HELD)
        {
            Pack packs[HELD];
#pragma unroll
            for (int i = 0; i < HELD; i++)
            {
                packs[i] = {};
                if (start + 2 * i < count && place(start + 2 * i) < depth) packs[i] = load_pack(x + place(start + 2 * i));
            }
            if (start > half) load_gamma(start);
#pragma unroll
            for (int i = 0; i < HELD; i++)
                if (start + 2 * i < count) squares += row.put(start + 2 * i, packs[i], by[i]);
        }
        __syncwarp();
        return sum_over_warp(squares);
    }
};

// A lane's part of BATCH pairs of pieces: 16 bytes of each, and the scales of its row.
template <int BATCH>
struct Batch
{
    uint4 a[BATCH], b[BATCH];
    u32 a_scales[BATCH], b_scales[BATCH];

    // first, second: where the rows of either half of a pair begin; number: the piece of the first pair's first half, `apart` before that
    // of its second and `step` before the next pair's. What is behind the last piece counts for nothing.
    __device__ __forceinline__ void load(const unsigned char* first, const unsigned char* second, int number, int apart, int step, int pieces)
    {
        int lane = threadIdx.x % 32;
#pragma unroll
        for (int j = 0; j < BATCH; j++)
        {
            int at = number + j * step;
            a_scales[j] = b_scales[j] = 0;
            if (at < pieces) load(a[j], a_scales[j], first + at * PIECE_BYTES, lane);
            if (at + apart < pieces) load(b[j], b_scales[j], second + (at + apart) * PIECE_BYTES, lane);
        }
    }

    __device__ __forceinline__ static void load(uint4& words, u32& scales, const unsigned char* piece, int lane)
    {
        words = load_once(piece + lane * 16);
        scales = reinterpret_cast<const u32*>(piece + 512)[lane / 4];
    }
};

// Sums of either half of pairs: of digit 0 and digit 1 in columns 2 i and 2 i + 1, i the lane's number of four.
struct Sums
{
    float a[2], b[2];

    // first, second: a lane's four words of either piece; x: the digits that they meet; for_a, for_b: the factors of the digits' groups.
    __device__ __forceinline__ void add(const uint4& first, const uint4& second, u32 a_scales, u32 b_scales, float2 for_a, float2 for_b, const uint4* x)
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
            float s = half_to_single((u16)(a_scales >> (16 * group))) * (group == 0 ? for_a.x : for_a.y);
            float t = half_to_single((u16)(b_scales >> (16 * group))) * (group == 0 ? for_b.x : for_b.y);
#pragma unroll
            for (int i = 0; i < 2; i++)
            {
                a[i] += s * (__uint_as_float(c[i]) - MAGIC_SINGLE);
                b[i] += t * (__uint_as_float(c[i + 2]) - MAGIC_SINGLE);
            }
        }
    }
};

// Tiles are sixteen rows, or eight; gated, eight of either half of the rows. Warps share a tile's pieces. Grid: at most as many blocks as
// there are tiles. Dynamic shared memory: for each piece of each warp, their number rounded up to an even one, a slot and two factors.
template <int WARPS, int BATCH, bool IS_WIDE>
__device__ __forceinline__ void multiply_row(
    const T* x, const float* gamma, float epsilon, const unsigned char* weights, const T* bias, const T* residual, T* y,
    int depth, int pieces, int rows, int gated)
{
    extern __shared__ uint4 memory[];
    __shared__ float partial[2][WARPS][16], squares_of[WARPS];
    const int step = (IS_WIDE ? 1 : 2) * WARPS, apart_pieces = IS_WIDE ? 0 : WARPS;
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32, eighth = lane / 4, quarter = lane % 4;
    int own = ((pieces + WARPS - 1) / WARPS + 1) / 2 * 2;
    Row row = {reinterpret_cast<unsigned char*>(memory) + warp * own * SLOT_BYTES, reinterpret_cast<float*>(reinterpret_cast<unsigned char*>(memory) + WARPS * own * SLOT_BYTES) + warp * own * 2};
    // The eights of rows of a tile, which follow each other or lie half of the rows apart.
    int stride = IS_WIDE && !gated ? 2 : 1, apart = !IS_WIDE ? 0 : gated ? rows / 16 : 1;
    int outputs_of_tile = 8 * stride, outputs = gated ? rows / 2 : rows, tile = blockIdx.x, tiles = (outputs + outputs_of_tile - 1) / outputs_of_tile;
    i64 eight_bytes = (i64)pieces * PIECE_BYTES;
    let_next_begin();
    Batch<BATCH> batch;
    batch.load(weights + tile * stride * eight_bytes, weights + (tile * stride + apart) * eight_bytes, warp, apart_pieces, step, pieces);
    Stage<IS_WIDE ? 2 : 3> stage(gamma, depth, warp, WARPS, own);
    await_previous();
    float squares = stage.put(row, x);
    if (lane == 0) squares_of[warp] = squares;

    // A lane's column is a digit: of both halves of a pair, or first those of one, then those of the other. Columns behind are not used.
    const unsigned char* column = row.digits + min(eighth, IS_WIDE ? DIGITS - 1 : 2 * DIGITS - 1) * DIGIT_BYTES + quarter * 32;
    const float2* factors = reinterpret_cast<const float2*>(row.factors);
    for (int parity = 0; tile < tiles; parity ^= 1)
    {
        Sums sums = {};
        int next_tile = tile + gridDim.x, at = 0, output = tile * outputs_of_tile + (int)threadIdx.x;
        bool is_output = threadIdx.x < outputs_of_tile && output < outputs;
        float added = is_output && residual ? widen(residual[output]) : 0.0f;
        for (int number = warp; number < pieces; number += BATCH * step)
        {
            bool goes_on = number + BATCH * step < pieces;
            Batch<BATCH> next;
            if (goes_on || next_tile < tiles)
            {
                const unsigned char* source = weights + (goes_on ? tile : next_tile) * stride * eight_bytes;
                next.load(source, source + apart * eight_bytes, goes_on ? number + BATCH * step : warp, apart_pieces, step, pieces);
            }
#pragma unroll
            for (int j = 0; j < BATCH; j++, at += step / WARPS)
                if (number + j * step < pieces)
                    sums.add(batch.a[j], batch.b[j], batch.a_scales[j], batch.b_scales[j], factors[at], factors[at + apart_pieces / WARPS],
                             reinterpret_cast<const uint4*>(column + at * SLOT_BYTES));
            batch = next;
        }
        float a = sums.a[0] + sums.a[1] * 256.0f, b = sums.b[0] + sums.b[1] * 256.0f;
        if (!IS_WIDE) a += __shfl_xor_sync(0xffffffffu, b, 1); // columns 2 and 3
        if (quarter == 0) partial[parity][warp][eighth] = a;
        if (IS_WIDE && quarter == 0) partial[parity][warp][8 + eighth] = b;
        __syncthreads();
        if (is_output)
        {
            float sum = 0.0f, other = 0.0f, all = 0.0f;
#pragma unroll
            for (int w = 0; w < WARPS; w++)
            {
                sum += partial[parity][w][threadIdx.x];
                if (gated) other += partial[parity][w][8 + threadIdx.x];
                all += squares_of[w];
            }
            float factor = (gamma ? rsqrtf(all / (float)depth + epsilon) : 1.0f) + all * 0.0f; // NaN where a number is not finite
            sum *= factor;
            if (bias) sum += widen(bias[output]);
            if (gated) sum = activate(sum, 1) * (other * factor + (bias ? widen(bias[output + outputs]) : 0.0f));
            y[output] = narrow(sum + added);
        }
        tile = next_tile;
    }
}

// Warps of a block, blocks of a multiprocessor, and pairs that a lane has on the way at once: as many as registers allow.
#define TOKEN_PRODUCT(name, warps, blocks, batch, is_wide) \
    extern "C" __global__ void __launch_bounds__(warps * 32, blocks) name( \
        const T* x, const float* gamma, float epsilon, const unsigned char* weights, const T* bias, const T* residual, T* y, \
        int depth, int pieces, int rows, int gated) \
    { \
        multiply_row<warps, batch, is_wide>(x, gamma, epsilon, weights, bias, residual, y, depth, pieces, rows, gated); \
    }
TOKEN_PRODUCT(token_product, 10, 2, 2, true)
TOKEN_PRODUCT(token_product_small, 8, 3, 2, true)
TOKEN_PRODUCT(token_product_long, 10, 2, 3, false)
#endif

// 8-bit floats (E4M3: 4 exponent and 3 mantissa bits, up to 448) as operands of products. A row of x is written as whole multiples
// of its own scale, most / 448, so that the product only has to be multiplied by the row's and the channel's scale. Rounding is the
// hardware's, which begins with Ada. VECTOR is 8. Bytes moved: x read once, half as many written.
#if ARCHITECTURE >= 89 && TYPE != 32 && VECTOR == 8
#define LARGEST 448.0f

// Largest magnitude → factor for writing and, inverse, the scale. A row of zeros keeps a finite factor.
__device__ __forceinline__ float factor_of(float most) { return LARGEST / fmaxf(most, 1e-20f); }

__device__ __forceinline__ u32 round_two(float low, float high)
{
    u16 y;
    asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(y) : "f"(high), "f"(low));
    return y;
}

__device__ __forceinline__ void store_rounded(unsigned char* destination, const float* x, float factor)
{
    uint2 packed;
    packed.x = round_two(x[0] * factor, x[1] * factor) | round_two(x[2] * factor, x[3] * factor) << 16;
    packed.y = round_two(x[4] * factor, x[5] * factor) | round_two(x[6] * factor, x[7] * factor) << 16;
    *reinterpret_cast<uint2*>(destination) = packed;
}

// One warp a row of at most 32 · 8 · NORM_HELD elements, which stay in registers. Grid: rows / warps.
#define NORM_HELD 8
extern "C" __global__ void layer_norm_rounded(
    const T* x, int x_stride, const float* gamma, const float* beta, float epsilon, unsigned char* y, float* scales, int rows, int columns)
{
    int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
    if (row >= rows) return;
    WarpRow<NORM_HELD> held(x + (i64)row * x_stride, columns);
    float2 mean_and_norm = held.statistics(epsilon);
    auto normalise = [&](float* destination, int column, const Pack& pack)
    {
        float g[VECTOR], b[VECTOR];
        load_singles(g, gamma + column);
        load_singles(b, beta + column);
#pragma unroll
        for (int k = 0; k < VECTOR; k++) destination[k] = (widen(pack.e[k]) - mean_and_norm.x) * mean_and_norm.y * g[k] + b[k];
    };

    float most = 0.0f;
    held.each([&](int column, const Pack& pack)
    {
        float normal[VECTOR];
        normalise(normal, column, pack);
#pragma unroll
        for (int k = 0; k < VECTOR; k++) most = fmaxf(most, fabsf(normal[k]));
    });
    float factor = factor_of(most_over_warp(most));
    if (threadIdx.x % 32 == 0) scales[row] = 1.0f / factor;
    held.each([&](int column, const Pack& pack)
    {
        float normal[VECTOR];
        normalise(normal, column, pack);
        store_rounded(y + (i64)row * columns + column, normal, factor);
    });
}

// a · gelu(b), with a the first half of x's rows and b the second. One block a row of at most blockDim · 8 · GATE_HELD elements.
#define GATE_HELD 2
extern "C" __global__ void __launch_bounds__(640) geglu_rounded(const T* x, int x_stride, unsigned char* y, float* scales, int columns)
{
    __shared__ float shared[32];
    i64 row = blockIdx.x;
    const T* source = x + row * x_stride;
    int packs = columns / VECTOR;
    float held[GATE_HELD][VECTOR];
    float most = 0.0f;
#pragma unroll
    for (int i = 0; i < GATE_HELD; i++)
    {
        int pack = threadIdx.x + i * blockDim.x;
        if (pack < packs)
        {
            Pack a = load_pack(source + pack * VECTOR);
            Pack b = load_pack(source + columns + pack * VECTOR);
#pragma unroll
            for (int k = 0; k < VECTOR; k++)
            {
                held[i][k] = widen(a.e[k]) * activate(widen(b.e[k]), 2);
                most = fmaxf(most, fabsf(held[i][k]));
            }
        }
    }
    float factor = factor_of(most_over_block(most, shared));
    if (threadIdx.x == 0) scales[row] = 1.0f / factor;
#pragma unroll
    for (int i = 0; i < GATE_HELD; i++)
    {
        int pack = threadIdx.x + i * blockDim.x;
        if (pack < packs) store_rounded(y + row * columns + pack * VECTOR, held[i], factor);
    }
}

// y = y · factor · row's scale · channel's scale + bias + residual, in place: for products that cannot scale by themselves.
extern "C" __global__ void scale_product(
    T* y, int y_stride, float factor, const float* row_scales, const float* channel_scales, const T* bias, const T* residual, int residual_stride,
    int rows, int columns)
{
    u32 packs = columns / VECTOR, all = (u32)rows * packs;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < all; i += gridDim.x * blockDim.x)
    {
        u32 row = i / packs;
        int column = (i - row * packs) * VECTOR;
        Pack p = load_pack(y + (i64)row * y_stride + column);
        Pack b, r;
        if (bias) b = load_pack(bias + column);
        if (residual) r = load_pack(residual + (i64)row * residual_stride + column);
        float scale = factor * row_scales[row], channel[VECTOR];
        load_singles(channel, channel_scales + column);
#pragma unroll
        for (int k = 0; k < VECTOR; k++)
        {
            float value = widen(p.e[k]) * scale * channel[k];
            if (bias) value += widen(b.e[k]);
            if (residual) value += widen(r.e[k]);
            p.e[k] = narrow(value);
        }
        store_pack(y + (i64)row * y_stride + column, p);
    }
}
#endif

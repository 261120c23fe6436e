// Group normalisation of [N, H, W, C] whose channels may lie in two places (a concatenation that is never written), and what uses
// its statistics. sums: one block a chunk of rows, threads along the channels, which sum x − r and (x − r)², with r the channel's number
// in the chunk's first row: so nothing cancels where numbers are far from 0 and close to each other. Each chunk leaves mean and squared
// deviations of every group; the last block of an image merges them (Chan et al. 1979) and leaves y = x · scale + shift per channel.
// Bytes moved: x read once for the statistics and once where it is applied.

struct Parts { const T* first; const T* second; int first_stride; int second_stride; int first_columns; };

__device__ __forceinline__ Pack load_part(const Parts& x, i64 row, int column)
{
    return column < x.first_columns ? load_pack(x.first + row * x.first_stride + column)
                                    : load_pack(x.second + row * x.second_stride + (column - x.first_columns));
}

// Dynamic shared memory: (rows at a time · 2 + 1) · columns floats. Grid: (chunks, images).
// partial: [images][chunks][groups] of (mean, squared deviations).
extern "C" __global__ void __launch_bounds__(320, 3) group_sums(
    const T* first, int first_stride, int first_columns, const T* second, int second_stride,
    int positions, int columns, int groups, int rows_per_chunk, float epsilon, const float* gamma, const float* beta,
    float2* partial, u32* finished, float* scale, float* shift)
{
    extern __shared__ float channel_sums[];
    __shared__ int is_last;
    Parts x = {first, second, first_stride, second_stride, first_columns};
    int image = blockIdx.y, chunk = blockIdx.x, chunks = gridDim.x;
    int begin = chunk * rows_per_chunk;
    int end = min(positions, begin + rows_per_chunk);

    int packs = columns / VECTOR;
    int lanes = max(1, (int)blockDim.x / packs); // rows at a time
    int lane = lanes == 1 ? 0 : threadIdx.x / packs;
    float* references = channel_sums + lanes * 2 * columns;
    for (int pack = lanes == 1 ? threadIdx.x : threadIdx.x % packs; pack < packs && lane < lanes; pack += blockDim.x)
    {
        float sum[VECTOR], squares[VECTOR], reference[VECTOR];
        Pack start = load_part(x, (i64)image * positions + begin, pack * VECTOR);
#pragma unroll
        for (int i = 0; i < VECTOR; i++)
        {
            sum[i] = squares[i] = 0.0f;
            reference[i] = widen(start.e[i]);
        }
#pragma unroll 4
        for (int row = begin + lane; row < end; row += lanes)
        {
            Pack p = load_part(x, (i64)image * positions + row, pack * VECTOR);
#pragma unroll
            for (int i = 0; i < VECTOR; i++)
            {
                float value = widen(p.e[i]) - reference[i];
                sum[i] += value;
                squares[i] += value * value;
            }
        }
        float* own = channel_sums + lane * 2 * columns + pack * VECTOR;
#pragma unroll
        for (int i = 0; i < VECTOR; i++)
        {
            own[i] = sum[i];
            own[columns + i] = squares[i];
            if (lane == 0) references[pack * VECTOR + i] = reference[i];
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 2 * columns; i += blockDim.x)
    {
        float sum = channel_sums[i];
        for (int other = 1; other < lanes; other++) sum += channel_sums[other * 2 * columns + i];
        channel_sums[i] = sum;
    }
    __syncthreads();

    // One warp a group: lanes take channels.
    int per_group = columns / groups;
    float rows = (float)(end - begin), inverse = 1.0f / rows;
    for (int group = threadIdx.x / 32; group < groups; group += blockDim.x / 32)
    {
        int first_channel = group * per_group;
        float base = references[first_channel], mean = 0.0f, deviations = 0.0f; // the mean is counted from base
        for (int i = threadIdx.x % 32; i < per_group; i += 32)
            mean += references[first_channel + i] - base + channel_sums[first_channel + i] * inverse;
        mean = sum_over_warp(mean) / per_group;
        for (int i = threadIdx.x % 32; i < per_group; i += 32)
        {
            float sum = channel_sums[first_channel + i], own = sum * inverse, delta = references[first_channel + i] - base + own - mean;
            deviations += fmaxf(0.0f, channel_sums[columns + first_channel + i] - sum * own) + rows * delta * delta;
        }
        deviations = sum_over_warp(deviations);
        if (threadIdx.x % 32 == 0) partial[((i64)image * chunks + chunk) * groups + group] = make_float2(base + mean, deviations);
    }
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0)
    {
        is_last = atomicAdd(&finished[image], 1u) == (u32)chunks - 1;
        if (is_last) finished[image] = 0; // ready for the next run
    }
    __syncthreads();
    if (!is_last) return;
    __threadfence();

    // One warp a group: lanes take chunks, then merge.
    float* group_mean = channel_sums;
    float* group_factor = channel_sums + groups;
    for (int group = threadIdx.x / 32; group < groups; group += blockDim.x / 32)
    {
        float n = 0.0f, mean = 0.0f, deviations = 0.0f;
        for (int c = threadIdx.x % 32; c < chunks; c += 32)
        {
            float2 part; // written by other blocks: past the first-level cache
            asm volatile("ld.global.cg.v2.f32 {%0, %1}, [%2];" : "=f"(part.x), "=f"(part.y) : "l"(&partial[((i64)image * chunks + c) * groups + group]));
            float part_n = (float)(min(positions, (c + 1) * rows_per_chunk) - c * rows_per_chunk) * per_group;
            float total = n + part_n, delta = part.x - mean;
            mean += delta * (part_n / total);
            deviations += part.y + delta * delta * (n * part_n / total);
            n = total;
        }
#pragma unroll
        for (int distance = 16; distance > 0; distance >>= 1)
        {
            float other_n = __shfl_xor_sync(0xffffffffu, n, distance);
            float other_mean = __shfl_xor_sync(0xffffffffu, mean, distance);
            float other_deviations = __shfl_xor_sync(0xffffffffu, deviations, distance);
            float total = n + other_n;
            if (total > 0.0f)
            {
                float delta = other_mean - mean;
                deviations += other_deviations + delta * delta * (n * other_n / total);
                mean = (n * mean + other_n * other_mean) / total;
                n = total;
            }
        }
        if (threadIdx.x % 32 == 0)
        {
            group_mean[group] = mean;
            group_factor[group] = 1.0f / sqrtf(deviations / n + epsilon);
        }
    }
    __syncthreads();
    for (int channel = threadIdx.x; channel < columns; channel += blockDim.x)
    {
        int group = channel / per_group;
        float factor = gamma[channel] * group_factor[group];
        scale[(i64)image * columns + channel] = factor;
        shift[(i64)image * columns + channel] = beta[channel] - group_mean[group] * factor;
    }
}

// y = x · scale + shift, then SiLU if asked for. Also writes a plain concatenation when there is no scale.
extern "C" __global__ void group_apply(
    const T* first, int first_stride, int first_columns, const T* second, int second_stride,
    const float* scale, const float* shift, int function, int positions, T* y, int y_stride, int rows, int columns)
{
    Parts x = {first, second, first_stride, second_stride, first_columns};
    u32 packs = columns / VECTOR, all = (u32)rows * packs;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < all; i += gridDim.x * blockDim.x)
    {
        u32 row = i / packs;
        int column = (i - row * packs) * VECTOR;
        Pack p = load_part(x, row, column);
        if (scale)
        {
            i64 at = (i64)(row / positions) * columns + column;
            float factor[VECTOR], summand[VECTOR];
            load_singles(factor, scale + at);
            load_singles(summand, shift + at);
#pragma unroll
            for (int k = 0; k < VECTOR; k++) p.e[k] = narrow(activate(widen(p.e[k]) * factor[k] + summand[k], function));
        }
        store_pack(y + (i64)row * y_stride + column, p);
    }
}

// y = (norm(x) · (m + 1) + a) · s + raw · (1 − s), with m and a side by side in modulation; raw is not read where s is 1.
extern "C" __global__ void zero_sft(
    const T* first, int first_stride, int first_columns, const T* second, int second_stride, const float* scale, const float* shift,
    const T* modulation, int modulation_stride, const T* raw_first, int raw_first_stride, const T* raw_second, int raw_second_stride,
    int raw_first_columns, const void* control_scale, int control_scale_is_single, int positions, T* y, int y_stride, int rows, int columns)
{
    Parts x = {first, second, first_stride, second_stride, first_columns};
    Parts raw = {raw_first, raw_second, raw_first_stride, raw_second_stride, raw_first_columns};
    float s = read_number(control_scale, 0, control_scale_is_single);
    u32 packs = columns / VECTOR, all = (u32)rows * packs;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < all; i += gridDim.x * blockDim.x)
    {
        u32 row = i / packs;
        int column = (i - row * packs) * VECTOR;
        Pack p = load_part(x, row, column);
        Pack m = load_pack(modulation + (i64)row * modulation_stride + column);
        Pack a = load_pack(modulation + (i64)row * modulation_stride + columns + column);
        Pack r = p;
        if (s != 1.0f) r = load_part(raw, row, column);
        i64 at = (i64)(row / positions) * columns + column;
        float factor[VECTOR], summand[VECTOR];
        load_singles(factor, scale + at);
        load_singles(summand, shift + at);
#pragma unroll
        for (int k = 0; k < VECTOR; k++)
        {
            float value = widen(p.e[k]) * factor[k] + summand[k];
            value = value * (widen(m.e[k]) + 1.0f) + widen(a.e[k]);
            if (s != 1.0f) value = value * s + widen(r.e[k]) * (1.0f - s);
            p.e[k] = narrow(value);
        }
        store_pack(y + (i64)row * y_stride + column, p);
    }
}

// One warp a row; rows of up to 32 · VECTOR · HELD elements stay in registers between the two passes, longer ones are read again.
#define HELD 8
extern "C" __global__ void layer_norm(
    const T* x, int x_stride, const float* gamma, const float* beta, float epsilon, T* y, int y_stride, int rows, int columns)
{
    int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
    if (row >= rows) return;
    WarpRow<HELD> held(x + (i64)row * x_stride, columns);
    T* destination = y + (i64)row * y_stride;
    float2 mean_and_norm = held.statistics(epsilon);
    held.each([&](int column, Pack pack)
    {
        float g[VECTOR], b[VECTOR];
        load_singles(g, gamma + column);
        load_singles(b, beta + column);
#pragma unroll
        for (int k = 0; k < VECTOR; k++) pack.e[k] = narrow((widen(pack.e[k]) - mean_and_norm.x) * mean_and_norm.y * g[k] + b[k]);
        store_pack(destination + column, pack);
    });
}

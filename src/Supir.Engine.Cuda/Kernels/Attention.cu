// softmax(Q Kᵀ / √d) V. flash_attention: one block a head and 128 queries, 8 warps of 16 queries each; keys and values pass through
// shared memory KEYS at a time, two tiles deep, by asynchronous copies (few keys: all in one tile, and 64 queries a block, so that all
// blocks of a text's attention are there at once); products by mma.m16n8k16; the softmax runs along in single
// precision (Dao 2023, arXiv:2307.08691). HEAD_DEPTH is d rounded up to 16; channels beyond d are zeros.
// plain_attention: one warp a query, any d up to 32 · HELD_CHANNELS, any alignment.
#ifndef KEYS
#define KEYS 64
#endif
#define IS_ONE_TILE (KEYS != 64)
#if IS_ONE_TILE
#define WARPS 4
#define BLOCKS_AT_ONCE 5
#else
#define WARPS 8
#define BLOCKS_AT_ONCE 2
#endif
#define QUERIES (WARPS * 16)
#if HEAD_DEPTH > 0 && TYPE != 32 && ARCHITECTURE >= 80
#define ROW (HEAD_DEPTH + 8) // padded: eight rows begin in eight different groups of banks

__device__ __forceinline__ u32 shared_address(const void* p) { return (u32)__cvta_generic_to_shared(p); }

__device__ __forceinline__ void copy_async(u32 destination, const T* source, bool is_there)
{
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(destination), "l"(source), "r"(is_there ? 16 : 0));
}

__device__ __forceinline__ void load_matrices(u32* r, u32 address)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address));
}

__device__ __forceinline__ void load_matrices_transposed(u32* r, u32 address)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address));
}

__device__ __forceinline__ void multiply(float* c, const u32* a, u32 b0, u32 b1)
{
#if TYPE == 16
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
#else
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
#endif
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

__device__ __forceinline__ u32 narrow_two(float low, float high)
{
    u32 y;
#if TYPE == 16
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(y) : "f"(high), "f"(low));
#else
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(y) : "f"(high), "f"(low));
#endif
    return y;
}

__device__ __forceinline__ void copy_rows(T* tile, const T* source, int stride, int first, int count, int rows, int channels)
{
    const int chunks = HEAD_DEPTH / 8;
    for (int i = threadIdx.x; i < rows * chunks; i += WARPS * 32)
    {
        int row = i / chunks, chunk = i - row * chunks;
        bool is_there = first + row < count && chunk * 8 < channels;
        const T* from = is_there ? source + (i64)(first + row) * stride + chunk * 8 : source;
        copy_async(shared_address(tile + row * ROW + chunk * 8), from, is_there);
    }
}

__device__ __forceinline__ float power_of_two(float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// Grid: (query tiles, heads, images). scale = log2(e) / √d.
extern "C" __global__ void __launch_bounds__(WARPS * 32, HEAD_DEPTH <= 64 ? BLOCKS_AT_ONCE : 1) flash_attention(
    const T* q, int q_stride, const T* k, int k_stride, const T* v, int v_stride, T* o, int o_stride,
    int queries, int keys, int channels, float scale, int causal)
{
    extern __shared__ __align__(16) unsigned char memory[];
    int buffers = keys > KEYS ? 2 : 1;
    T* q_tile = (T*)memory;
    T* k_tiles = q_tile + QUERIES * ROW;
    T* v_tiles = k_tiles + buffers * KEYS * ROW;
    int first_query = blockIdx.x * QUERIES, head = blockIdx.y, image = blockIdx.z;
    q += (i64)image * queries * q_stride + head * channels;
    k += (i64)image * keys * k_stride + head * channels;
    v += (i64)image * keys * v_stride + head * channels;
    o += (i64)image * queries * o_stride + head * channels;
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;

    int visible = causal ? min(keys, first_query + QUERIES) : keys;
    int tiles = IS_ONE_TILE ? 1 : (visible + KEYS - 1) / KEYS;
    copy_rows(q_tile, q, q_stride, first_query, queries, QUERIES, channels);
    copy_rows(k_tiles, k, k_stride, 0, keys, KEYS, channels);
    copy_rows(v_tiles, v, v_stride, 0, keys, KEYS, channels);
    asm volatile("cp.async.commit_group;");

    u32 q_parts[HEAD_DEPTH / 16][4];
    float out[HEAD_DEPTH / 8][4];
#pragma unroll
    for (int i = 0; i < HEAD_DEPTH / 8; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) out[i][j] = 0.0f;
    float most[2] = {NOT_SET, NOT_SET}, total[2] = {0.0f, 0.0f};
    int row_low = first_query + warp * 16 + lane / 4; // and row_low + 8

    for (int tile = 0; tile < tiles; tile++)
    {
        if (tile + 1 < tiles)
        {
            int next = (tile + 1) & 1;
            copy_rows(k_tiles + next * KEYS * ROW, k, k_stride, (tile + 1) * KEYS, keys, KEYS, channels);
            copy_rows(v_tiles + next * KEYS * ROW, v, v_stride, (tile + 1) * KEYS, keys, KEYS, channels);
            asm volatile("cp.async.commit_group;");
            asm volatile("cp.async.wait_group 1;");
        }
        else
        {
            asm volatile("cp.async.wait_group 0;");
        }
        __syncthreads();
        if (tile == 0)
        {
#pragma unroll
            for (int i = 0; i < HEAD_DEPTH / 16; i++)
                load_matrices(q_parts[i], shared_address(q_tile + (warp * 16 + ((lane >> 3) & 1) * 8 + (lane & 7)) * ROW + i * 16 + (lane >> 4) * 8));
        }

        const T* k_tile = k_tiles + (tile & 1) * KEYS * ROW;
        const T* v_tile = v_tiles + (tile & 1) * KEYS * ROW;
        float s[KEYS / 8][4];
#pragma unroll
        for (int i = 0; i < KEYS / 8; i++)
#pragma unroll
            for (int j = 0; j < 4; j++) s[i][j] = 0.0f;
#pragma unroll
        for (int d = 0; d < HEAD_DEPTH / 16; d++)
        {
#pragma unroll
            for (int n = 0; n < KEYS / 16; n++)
            {
                u32 b[4];
                load_matrices(b, shared_address(k_tile + (n * 16 + (lane >> 4) * 8 + (lane & 7)) * ROW + d * 16 + ((lane >> 3) & 1) * 8));
                multiply(s[2 * n], q_parts[d], b[0], b[1]);
                multiply(s[2 * n + 1], q_parts[d], b[2], b[3]);
            }
        }

        int first_key = tile * KEYS;
        if (first_key + KEYS > keys || (causal && first_key + KEYS > first_query))
        {
#pragma unroll
            for (int n = 0; n < KEYS / 8; n++)
#pragma unroll
                for (int j = 0; j < 4; j++)
                {
                    int key = first_key + n * 8 + (lane & 3) * 2 + (j & 1);
                    int query = row_low + (j >> 1) * 8;
                    if (key >= keys || (causal && key > query)) s[n][j] = NOT_SET;
                }
        }

#pragma unroll
        for (int half = 0; half < 2; half++)
        {
            float tile_most = most[half];
#pragma unroll
            for (int n = 0; n < KEYS / 8; n++) tile_most = fmaxf(tile_most, fmaxf(s[n][2 * half], s[n][2 * half + 1]));
            tile_most = fmaxf(tile_most, __shfl_xor_sync(0xffffffffu, tile_most, 1));
            tile_most = fmaxf(tile_most, __shfl_xor_sync(0xffffffffu, tile_most, 2));
            float correction = power_of_two((most[half] - tile_most) * scale);
            most[half] = tile_most;
            float offset = tile_most * scale;
            float sum = 0.0f;
#pragma unroll
            for (int n = 0; n < KEYS / 8; n++)
#pragma unroll
                for (int j = 2 * half; j < 2 * half + 2; j++)
                {
                    s[n][j] = power_of_two(s[n][j] * scale - offset);
                    sum += s[n][j];
                }
            total[half] = IS_ONE_TILE ? sum : total[half] * correction + sum;
            if (IS_ONE_TILE) continue;
#pragma unroll
            for (int i = 0; i < HEAD_DEPTH / 8; i++)
            {
                out[i][2 * half] *= correction;
                out[i][2 * half + 1] *= correction;
            }
        }

#pragma unroll
        for (int n = 0; n < KEYS / 16; n++)
        {
            u32 p[4] = {
                narrow_two(s[2 * n][0], s[2 * n][1]), narrow_two(s[2 * n][2], s[2 * n][3]),
                narrow_two(s[2 * n + 1][0], s[2 * n + 1][1]), narrow_two(s[2 * n + 1][2], s[2 * n + 1][3])};
#pragma unroll
            for (int d = 0; d < HEAD_DEPTH / 16; d++)
            {
                u32 b[4];
                load_matrices_transposed(b, shared_address(v_tile + (n * 16 + ((lane >> 3) & 1) * 8 + (lane & 7)) * ROW + d * 16 + (lane >> 4) * 8));
                multiply(out[2 * d], p, b[0], b[1]);
                multiply(out[2 * d + 1], p, b[2], b[3]);
            }
        }
        __syncthreads(); // the next copy overwrites what was read
    }

#pragma unroll
    for (int half = 0; half < 2; half++)
    {
        float sum = total[half];
        sum += __shfl_xor_sync(0xffffffffu, sum, 1);
        sum += __shfl_xor_sync(0xffffffffu, sum, 2);
        float factor = 1.0f / sum;
        int query = row_low + half * 8;
        if (query >= queries) continue;
#pragma unroll
        for (int i = 0; i < HEAD_DEPTH / 8; i++)
        {
            int channel = i * 8 + (lane & 3) * 2;
            if (channel < channels)
                *(u32*)(o + (i64)query * o_stride + channel) = narrow_two(out[i][2 * half] * factor, out[i][2 * half + 1] * factor);
        }
    }
}
#endif

__device__ __forceinline__ float exp_of(float x)
{
#if TYPE == 32
    return expf(x);
#else
    return __expf(x); // more exact than T
#endif
}

#define HELD_CHANNELS 16
// Grid: (queries / warps, heads, images). scale = 1 / √d.
extern "C" __global__ void plain_attention(
    const T* q, int q_stride, const T* k, int k_stride, const T* v, int v_stride, T* o, int o_stride,
    int queries, int keys, int channels, float scale, int causal)
{
    int query = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, head = blockIdx.y, image = blockIdx.z, lane = threadIdx.x % 32;
    if (query >= queries) return;
    q += ((i64)image * queries + query) * q_stride + head * channels;
    k += (i64)image * keys * k_stride + head * channels;
    v += (i64)image * keys * v_stride + head * channels;
    o += ((i64)image * queries + query) * o_stride + head * channels;
    float own[HELD_CHANNELS], out[HELD_CHANNELS];
#pragma unroll
    for (int i = 0; i < HELD_CHANNELS; i++)
    {
        own[i] = lane + 32 * i < channels ? widen(q[lane + 32 * i]) * scale : 0.0f;
        out[i] = 0.0f;
    }
    float most = NOT_SET, total = 0.0f;
    int visible = causal ? min(keys, query + 1) : keys;
    for (int key = 0; key < visible; key++)
    {
        float dot = 0.0f;
#pragma unroll
        for (int i = 0; i < HELD_CHANNELS; i++)
            if (lane + 32 * i < channels) dot += own[i] * widen(k[(i64)key * k_stride + lane + 32 * i]);
        dot = sum_over_warp(dot);
        float now = fmaxf(most, dot), correction = expf(most - now), weight = expf(dot - now);
        most = now;
        total = total * correction + weight;
#pragma unroll
        for (int i = 0; i < HELD_CHANNELS; i++)
            if (lane + 32 * i < channels) out[i] = out[i] * correction + weight * widen(v[(i64)key * v_stride + lane + 32 * i]);
    }
#pragma unroll
    for (int i = 0; i < HELD_CHANNELS; i++)
        if (lane + 32 * i < channels) o[lane + 32 * i] = narrow(out[i] / total);
}

// Softmax of rows of single-precision products, written as T: what attention by products needs between them. One block a row,
// row = query + queries · head; with causal, query first_query + row % queries sees only keys up to itself. A row of up to
// 512 · HELD_SCORES keys is read once and stays in registers; the rest of a longer one is read again.
#define HELD_SCORES 32
extern "C" __global__ void __launch_bounds__(512) softmax_rows(
    const float* s, T* p, int keys, float scale, int causal, int first_query, int queries)
{
    __shared__ float shared[32];
    i64 row = blockIdx.x;
    int visible = causal ? min(keys, first_query + (int)(row % queries) + 1) : keys;
    const float* source = s + row * keys;
    float held[HELD_SCORES];
    float most = NOT_SET;
#pragma unroll
    for (int i = 0; i < HELD_SCORES; i++)
    {
        int key = threadIdx.x + i * blockDim.x;
        held[i] = key < visible ? source[key] : NOT_SET;
        most = fmaxf(most, held[i]);
    }
    int rest = threadIdx.x + HELD_SCORES * blockDim.x;
    for (int i = rest; i < visible; i += blockDim.x) most = fmaxf(most, source[i]);
    most = most_over_block(most, shared);
    float sum = 0.0f;
#pragma unroll
    for (int i = 0; i < HELD_SCORES; i++)
    {
        held[i] = exp_of((held[i] - most) * scale);
        sum += held[i];
    }
    for (int i = rest; i < visible; i += blockDim.x) sum += exp_of((source[i] - most) * scale);
    float factor = 1.0f / sum_over_block(sum, shared);
#pragma unroll
    for (int i = 0; i < HELD_SCORES; i++)
    {
        int key = threadIdx.x + i * blockDim.x;
        if (key < keys) p[row * keys + key] = narrow(held[i] * factor);
    }
    for (int i = rest; i < keys; i += blockDim.x)
        p[row * keys + i] = narrow(i < visible ? exp_of((source[i] - most) * scale) * factor : 0.0f);
}

// Attention of one token to all rows so far, for heads that lanes of a power of two can share. See Language.cu for other ways.
#define KEYS_AT_A_TIME 2
#define TURNS_AHEAD 2 // whose keys and values are on the way
#define ATTENTION_WARPS 8
#define PARTS_AT_ONCE 8
#define ATTENTION_BLOCKS 3 // of a multiprocessor
#define ATTENTION_THREADS (ATTENTION_WARPS * 32)

// Into shared memory without a register between; whoever asked waits for it.
__device__ __forceinline__ void copy_aside(Pack* target, const T* source)
{
#if ARCHITECTURE >= 80 && VECTOR > 1
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"((u32)__cvta_generic_to_shared(target)), "l"(source) : "memory");
#else
    *target = load_pack(source);
#endif
}

__device__ __forceinline__ void end_group()
{
#if ARCHITECTURE >= 80
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

template <int COUNT>
__device__ __forceinline__ void await_all_groups_but()
{
#if ARCHITECTURE >= 80
    asm volatile("cp.async.wait_group %0;" ::"n"(COUNT) : "memory");
#endif
}

// Written by other blocks of this launch: past the first-level cache.
__device__ __forceinline__ float single_fresh(const float* source)
{
    float x;
    asm volatile("ld.global.cg.f32 %0, [%1];" : "=f"(x) : "l"(source) : "memory");
    return x;
}

// A number of each of PARTS_AT_ONCE parts from start on.
__device__ __forceinline__ void fetch_parts(float* numbers, const float* source, int start, int parts, int width)
{
#pragma unroll
    for (int i = 0; i < PARTS_AT_ONCE; i++)
        if (start + i < parts) numbers[i] = single_fresh(source + (i64)(start + i) * width);
}

// Rotary turning: (a, b) → (a cos φ − b sin φ, b cos φ + a sin φ) for the pairs (i, i + half) of a head.
__device__ __forceinline__ Pack turned(const T* x, int first, int half, const float* cosines, const float* sines)
{
    bool is_a = first < half;
    int angle = is_a ? first : first - half;
    Pack own = load_pack(x + first), other = load_pack(x + (is_a ? first + half : angle));
#pragma unroll
    for (int i = 0; i < VECTOR; i++)
        own.e[i] = narrow(widen(own.e[i]) * cosines[angle + i] + (is_a ? -sines[angle + i] : sines[angle + i]) * widen(other.e[i]));
    return own;
}

// Sums of softmax-weighted values, the largest score, and the sum of weights, of some of the keys.
struct Running
{
    float most, total, sum[VECTOR];

    __device__ __forceinline__ void scale(float largest)
    {
        float factor = most > NOT_SET ? expf(most - largest) : 0.0f;
        total *= factor;
#pragma unroll
        for (int i = 0; i < VECTOR; i++) sum[i] *= factor;
        most = largest;
    }
};

// The step of one token: q and k turned, k and v appended, softmax(q Kᵀ · factor) V over all rows up to the new one. A block has a part
// of the keys of a head, lanes = depth / VECTOR threads share a key, and each keeps its own running softmax; the last block of a head puts
// the parts together. Grid: (heads, parts). Bytes moved: the rows so far, once; those before the new one do not wait for the kernel before.
// partial: [heads][parts][depth + 2]: sums, then the largest score and the sum of weights. finished: a counter a head, 0 at first and last.
// Dynamic shared memory: keys and values on the way [TURNS_AHEAD][KEYS_AT_A_TIME][2][threads], cosines and sines [depth], results
// [ATTENTION_WARPS][depth + 2].
extern "C" __global__ void __launch_bounds__(ATTENTION_THREADS, ATTENTION_BLOCKS) attention_step(
    const T* q, const T* k, const T* v, const void* place_of_new, int place_is_single, const float* frequencies, T* all_keys, T* all_values, T* y,
    int positions, int depth, float scale, float* partial, u32* finished)
{
    extern __shared__ uint4 memory[];
    __shared__ int is_last;
    int head = blockIdx.x, part = blockIdx.y, parts = gridDim.y;
    int lanes = depth / VECTOR, group = threadIdx.x / lanes, first = threadIdx.x % lanes * VECTOR, groups = ATTENTION_THREADS / lanes;
    int half = depth / 2, width = depth + 2, warp = threadIdx.x / 32;
    const int turn = 2 * KEYS_AT_A_TIME * ATTENTION_THREADS;
    Pack* coming = reinterpret_cast<Pack*>(memory) + threadIdx.x;
    float* scratch = reinterpret_cast<float*>(reinterpret_cast<Pack*>(memory) + TURNS_AHEAD * turn);
    float* sines = scratch + half;
    float* results = scratch + depth;
    let_next_begin();
    float number = read_number(place_of_new, 0, place_is_single);
    int place = (int)number, seen = min(positions, max(0, place) + 1), share = (seen + parts - 1) / parts;
    int begin = min(seen, part * share), end = min(seen, begin + share);
    T* keys = all_keys + (i64)head * positions * depth;
    T* values = all_values + (i64)head * positions * depth;
    if (threadIdx.x < half) sincosf(number * frequencies[threadIdx.x], &sines[threadIdx.x], &scratch[threadIdx.x]);

    // Rows before the new one have been there since the launch began. A thread reads what it asked for itself.
    int asked = begin + group, place_of_asked = 0;
    auto ask = [&]()
    {
#pragma unroll
        for (int j = 0; j < KEYS_AT_A_TIME; j++, asked += groups)
            if (asked < end && asked != place)
            {
                copy_aside(coming + place_of_asked + 2 * j * ATTENTION_THREADS, keys + (i64)asked * depth + first);
                copy_aside(coming + place_of_asked + (2 * j + 1) * ATTENTION_THREADS, values + (i64)asked * depth + first);
            }
        end_group();
        place_of_asked = place_of_asked == (TURNS_AHEAD - 1) * turn ? 0 : place_of_asked + turn;
    };
    for (int i = 0; i < TURNS_AHEAD; i++) ask();
    await_previous();
    __syncthreads(); // the angles are there

    Pack own = turned(q + head * depth, first, half, scratch, sines);
    Pack new_key = {}, new_value = {};
    if (place >= begin && place < end)
    {
        new_key = turned(k + head * depth, first, half, scratch, sines);
        new_value = load_pack(v + head * depth + first);
        if (group == 0)
        {
            store_pack(keys + (i64)place * depth + first, new_key);
            store_pack(values + (i64)place * depth + first, new_value);
        }
    }
    float query[VECTOR];
#pragma unroll
    for (int i = 0; i < VECTOR; i++) query[i] = widen(own.e[i]) * scale;

    Running running = {NOT_SET};
    // All threads of a warp take as many turns, as they exchange sums.
    for (int start = begin; start < end; start += groups * KEYS_AT_A_TIME)
    {
        Pack key[KEYS_AT_A_TIME], value[KEYS_AT_A_TIME];
        await_all_groups_but<TURNS_AHEAD - 1>();
#pragma unroll
        for (int j = 0; j < KEYS_AT_A_TIME; j++)
        {
            int row = start + j * groups + group;
            key[j] = value[j] = {};
            if (row == place)
            {
                key[j] = new_key;
                value[j] = new_value;
            }
            else if (row < end)
            {
                key[j] = coming[place_of_asked + 2 * j * ATTENTION_THREADS];
                value[j] = coming[place_of_asked + (2 * j + 1) * ATTENTION_THREADS];
            }
        }
        ask();
        float score[KEYS_AT_A_TIME], largest = running.most;
#pragma unroll
        for (int j = 0; j < KEYS_AT_A_TIME; j++)
        {
            score[j] = 0.0f;
#pragma unroll
            for (int i = 0; i < VECTOR; i++) score[j] += query[i] * widen(key[j].e[i]);
            for (int distance = lanes / 2; distance > 0; distance >>= 1) score[j] += __shfl_xor_sync(0xffffffffu, score[j], distance);
            if (start + j * groups + group >= end) score[j] = NOT_SET;
            largest = fmaxf(largest, score[j]);
        }
        if (largest > NOT_SET)
        {
            running.scale(largest);
#pragma unroll
            for (int j = 0; j < KEYS_AT_A_TIME; j++)
            {
                float weight = expf(score[j] - largest);
                running.total += weight;
#pragma unroll
                for (int i = 0; i < VECTOR; i++) running.sum[i] += weight * widen(value[j].e[i]);
            }
        }
    }

    // The keys of a warp, then those of the block.
    float largest = running.most;
    for (int distance = lanes; distance < 32; distance <<= 1) largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, distance));
    running.scale(largest);
    for (int distance = lanes; distance < 32; distance <<= 1)
    {
        running.total += __shfl_xor_sync(0xffffffffu, running.total, distance);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) running.sum[i] += __shfl_xor_sync(0xffffffffu, running.sum[i], distance);
    }
    if (threadIdx.x % 32 < lanes)
    {
#pragma unroll
        for (int i = 0; i < VECTOR; i++) results[warp * width + first + i] = running.sum[i];
        if (first == 0)
        {
            results[warp * width + depth] = running.most;
            results[warp * width + depth + 1] = running.total;
        }
    }
    __syncthreads();
    float* parts_of_head = partial + (i64)head * parts * width;
    if (threadIdx.x < depth)
    {
        float all = NOT_SET, weights = 0.0f, result = 0.0f;
#pragma unroll
        for (int i = 0; i < ATTENTION_WARPS; i++) all = fmaxf(all, results[i * width + depth]);
#pragma unroll
        for (int i = 0; i < ATTENTION_WARPS; i++)
        {
            float weight = all > NOT_SET ? expf(results[i * width + depth] - all) : 0.0f;
            weights += weight * results[i * width + depth + 1];
            result += weight * results[i * width + threadIdx.x];
        }
        float* target = parts_of_head + part * width;
        target[threadIdx.x] = result;
        if (threadIdx.x == 0)
        {
            target[depth] = all;
            target[depth + 1] = weights;
        }
    }
    __syncthreads();
    if (threadIdx.x == 0)
    {
        u32 before;
        asm volatile("atom.add.acq_rel.gpu.global.u32 %0, [%1], 1;" : "=r"(before) : "l"(&finished[head]) : "memory");
        is_last = before == (u32)parts - 1;
        if (is_last) finished[head] = 0; // ready for the next run
    }
    __syncthreads();
    if (is_last)
    {
        // One trip to the memory: everything is asked for before the first of it is used.
        float part_sums[PARTS_AT_ONCE], *of_parts = reinterpret_cast<float*>(memory); // where rows were on the way
        fetch_parts(part_sums, parts_of_head + threadIdx.x, 0, threadIdx.x < depth ? parts : 0, width);
        for (int i = threadIdx.x; i < parts; i += ATTENTION_THREADS)
        {
            of_parts[2 * i] = single_fresh(parts_of_head + i * width + depth);
            of_parts[2 * i + 1] = single_fresh(parts_of_head + i * width + depth + 1);
        }
        __syncthreads();
        if (threadIdx.x < depth)
        {
            float all = NOT_SET, weights = 0.0f, result = 0.0f;
            for (int i = 0; i < parts; i++) all = fmaxf(all, of_parts[2 * i]);
            for (int start = 0; start < parts; start += PARTS_AT_ONCE)
            {
                if (start > 0) fetch_parts(part_sums, parts_of_head + threadIdx.x, start, parts, width);
#pragma unroll
                for (int i = 0; i < PARTS_AT_ONCE; i++)
                    if (start + i < parts)
                    {
                        float weight = expf(of_parts[2 * (start + i)] - all);
                        weights += weight * of_parts[2 * (start + i) + 1];
                        result += weight * part_sums[i];
                    }
            }
            y[head * depth + threadIdx.x] = narrow(result / weights);
        }
    }
}

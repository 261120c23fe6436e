// What a language model's layers are made of, beside products. States are [head][position][channel] in T, so that a head's rows are
// one run of memory. The place of the first row is read on the device: a recorded graph serves every place.

// y = x / sqrt(mean(x²) + epsilon) · gamma. Grid: rows. x is read twice, the second time out of the cache.
extern "C" __global__ void rms_norm(const T* x, int x_stride, const float* gamma, float epsilon, T* y, int y_stride, int columns)
{
    __shared__ float shared[32];
    x += (i64)blockIdx.x * x_stride;
    y += (i64)blockIdx.x * y_stride;
    float squares = 0.0f;
    for (int column = threadIdx.x * VECTOR; column < columns; column += blockDim.x * VECTOR)
    {
        Pack pack = load_pack(x + column);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) squares += widen(pack.e[i]) * widen(pack.e[i]);
    }
    float factor = 1.0f / sqrtf(sum_over_block(squares, shared) / (float)columns + epsilon);
    for (int column = threadIdx.x * VECTOR; column < columns; column += blockDim.x * VECTOR)
    {
        Pack pack = load_pack(x + column);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) pack.e[i] = narrow(widen(pack.e[i]) * factor * gamma[column + i]);
        store_pack(y + column, pack);
    }
}

// y = silu(a) · b over the halves a, b of a row.
extern "C" __global__ void swiglu(const T* x, int x_stride, T* y, int y_stride, int rows, int columns)
{
    u32 packs = (u32)columns / VECTOR, all = (u32)rows * packs;
    for (u32 pack = blockIdx.x * blockDim.x + threadIdx.x; pack < all; pack += gridDim.x * blockDim.x)
    {
        u32 row = pack / packs, column = (pack - row * packs) * VECTOR;
        Pack gate = load_pack(x + (i64)row * x_stride + column);
        Pack value = load_pack(x + (i64)row * x_stride + columns + column);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) gate.e[i] = narrow(activate(widen(gate.e[i]), 1) * widen(value.e[i]));
        store_pack(y + (i64)row * y_stride + column, gate);
    }
}

// (a, b) → (a cos φ − b sin φ, b cos φ + a sin φ) for the pairs (i, i + half) of each head, φ = (place + row) · frequencies[i].
extern "C" __global__ void rope(
    const T* x, int x_stride, const void* place, int place_is_single, const float* frequencies, T* y, int y_stride, int rows, int heads, int half)
{
    float first = read_number(place, 0, place_is_single);
    u32 pairs = (u32)heads * half, all = (u32)rows * pairs;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < all; i += gridDim.x * blockDim.x)
    {
        u32 row = i / pairs, pair = i - row * pairs, head = pair / half, column = pair - head * half;
        const T* source = x + (i64)row * x_stride + head * 2 * half + column;
        T* target = y + (i64)row * y_stride + head * 2 * half + column;
        float angle = (first + (float)row) * frequencies[column];
        float cosine = cosf(angle), sine = sinf(angle);
        float a = widen(source[0]), b = widen(source[half]);
        target[0] = narrow(a * cosine - b * sine);
        target[half] = narrow(b * cosine + a * sine);
    }
}

// Rows into a state, from a place on; what does not fit is left out.
extern "C" __global__ void append_rows(
    const T* x, int x_stride, const void* place, int place_is_single, T* state, int positions, int rows, int heads, int depth)
{
    int first = (int)read_number(place, 0, place_is_single);
    u32 columns = (u32)heads * depth, all = (u32)rows * columns;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < all; i += gridDim.x * blockDim.x)
    {
        u32 row = i / columns, column = i - row * columns, head = column / depth;
        int position = first + (int)row;
        if (position >= 0 && position < positions)
            state[((i64)head * positions + position) * depth + (column - head * depth)] = x[(i64)row * x_stride + column];
    }
}

// softmax(q Kᵀ · scale) V over the rows 0 … place + row of a head. Grid: (heads, rows). Each row of the states is read once; so many
// loads are in flight that few heads fill the memory's pipe. lanes threads share a key: depth / VECTOR of them, or a whole warp.
// Dynamic shared memory: weights [positions], query [depth], partial results [threads / lanes][depth].
extern "C" __global__ void cached_attention(
    const T* q, int q_stride, const T* keys, const T* values, const void* place, int place_is_single, T* y, int y_stride,
    int positions, int depth, int lanes, float scale)
{
    extern __shared__ float weights[];
    __shared__ float shared[32];
    float* query = weights + positions;
    float* partial = query + depth;
    int head = blockIdx.x, row = blockIdx.y;
    int seen = min(positions, max(0, (int)read_number(place, 0, place_is_single)) + row + 1);
    for (int d = threadIdx.x; d < depth; d += blockDim.x) query[d] = widen(q[(i64)row * q_stride + head * depth + d]) * scale;
    __syncthreads();

    const T* key_rows = keys + (i64)head * positions * depth;
    const T* value_rows = values + (i64)head * positions * depth;
    int groups = blockDim.x / lanes, group = threadIdx.x / lanes, lane = threadIdx.x % lanes;

    // All threads of a warp take as many turns, as they exchange sums.
    int turns = (seen + groups - 1) / groups;
    float most = NOT_SET;
#pragma unroll 4
    for (int turn = 0; turn < turns; turn++)
    {
        int key = turn * groups + group;
        float sum = 0.0f;
        if (key < seen)
        {
            for (int d = lane * VECTOR; d < depth; d += lanes * VECTOR)
            {
                Pack pack = load_pack(key_rows + (i64)key * depth + d);
#pragma unroll
                for (int i = 0; i < VECTOR; i++) sum += query[d + i] * widen(pack.e[i]);
            }
        }
        for (int distance = lanes / 2; distance > 0; distance >>= 1) sum += __shfl_xor_sync(0xffffffffu, sum, distance);
        if (key < seen)
        {
            most = fmaxf(most, sum);
            if (lane == 0) weights[key] = sum;
        }
    }
    most = most_over_block(most, shared);
    float total = 0.0f;
    for (int key = threadIdx.x; key < seen; key += blockDim.x)
    {
        float weight = expf(weights[key] - most);
        weights[key] = weight;
        total += weight;
    }
    total = sum_over_block(total, shared); // and all weights are there

    for (int d = lane * VECTOR; d < depth; d += lanes * VECTOR)
    {
        float sum[VECTOR];
#pragma unroll
        for (int i = 0; i < VECTOR; i++) sum[i] = 0.0f;
#pragma unroll 4
        for (int key = group; key < seen; key += groups)
        {
            Pack pack = load_pack(value_rows + (i64)key * depth + d);
            float weight = weights[key];
#pragma unroll
            for (int i = 0; i < VECTOR; i++) sum[i] += weight * widen(pack.e[i]);
        }
#pragma unroll
        for (int i = 0; i < VECTOR; i++) partial[group * depth + d + i] = sum[i];
    }
    __syncthreads();
    for (int d = threadIdx.x; d < depth; d += blockDim.x)
    {
        float sum = 0.0f;
        for (int other = 0; other < groups; other++) sum += partial[other * depth + d];
        y[(i64)row * y_stride + head * depth + d] = narrow(sum / total);
    }
}

// Element by element over rows, which may be parts of wider rows (their strides are in elements). A thread takes VECTOR elements
// at a time and strides over the grid. Bytes moved: each operand read once, the result written once.
#define FOR_EACH_PACK(row, column, rows, columns)                                                                     \
    for (u32 pack_ = blockIdx.x * blockDim.x + threadIdx.x, packs_ = (columns) / VECTOR, all_ = (u32)(rows) * packs_, \
             row = pack_ / packs_, column = (pack_ - row * packs_) * VECTOR;                                          \
         pack_ < all_;                                                                                                \
         pack_ += gridDim.x * blockDim.x, row = pack_ / packs_, column = (pack_ - row * packs_) * VECTOR)

extern "C" __global__ void from_singles(const float* x, T* y, int count)
{
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < (u32)count; i += gridDim.x * blockDim.x) y[i] = narrow(x[i]);
}

extern "C" __global__ void to_singles(const T* x, int x_stride, float* y, int rows, int columns)
{
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < (u32)rows * columns; i += gridDim.x * blockDim.x)
    {
        u32 row = i / columns;
        y[i] = widen(x[(i64)row * x_stride + (i - row * columns)]);
    }
}

// The first columns of y's rows; zeros up to y_columns.
extern "C" __global__ void copy_columns(const T* x, int x_stride, T* y, int y_stride, int rows, int columns, int y_columns)
{
    FOR_EACH_PACK(row, column, rows, y_columns)
    {
        Pack pack;
#pragma unroll
        for (int i = 0; i < VECTOR; i++) pack.e[i] = 0;
        if (column < columns) pack = load_pack(x + (i64)row * x_stride + column);
        store_pack(y + (i64)row * y_stride + column, pack);
    }
}

extern "C" __global__ void apply_function(const T* x, int x_stride, T* y, int y_stride, int rows, int columns, int function)
{
    FOR_EACH_PACK(row, column, rows, columns)
    {
        Pack pack = load_pack(x + (i64)row * x_stride + column);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) pack.e[i] = narrow(activate(widen(pack.e[i]), function));
        store_pack(y + (i64)row * y_stride + column, pack);
    }
}

// y = a + b · s; row r of a meets row r / rows_per_b of b; without a scale s is 1.
extern "C" __global__ void add(
    const T* a, int a_stride, const T* b, int b_stride, int rows_per_b, const void* scale, int scale_is_single,
    T* y, int y_stride, int rows, int columns)
{
    float s = scale ? read_number(scale, 0, scale_is_single) : 1.0f;
    FOR_EACH_PACK(row, column, rows, columns)
    {
        Pack first = load_pack(a + (i64)row * a_stride + column);
        Pack second = load_pack(b + (i64)(row / rows_per_b) * b_stride + column);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) first.e[i] = narrow(widen(first.e[i]) + widen(second.e[i]) * s);
        store_pack(y + (i64)row * y_stride + column, first);
    }
}

// y = a · gelu(b) + residual, with a the first half of x's rows and b the second.
extern "C" __global__ void geglu(
    const T* x, int x_stride, const T* residual, int residual_stride, T* y, int y_stride, int rows, int columns)
{
    FOR_EACH_PACK(row, column, rows, columns)
    {
        Pack a = load_pack(x + (i64)row * x_stride + column);
        Pack b = load_pack(x + (i64)row * x_stride + columns + column);
        Pack r;
        if (residual) r = load_pack(residual + (i64)row * residual_stride + column);
#pragma unroll
        for (int i = 0; i < VECTOR; i++)
        {
            float value = widen(a.e[i]) * activate(widen(b.e[i]), 2);
            a.e[i] = narrow(residual ? value + widen(r.e[i]) : value);
        }
        store_pack(y + (i64)row * y_stride + column, a);
    }
}

// What follows a product and did not fit into it: y = f(x + vector of the image) + residual.
extern "C" __global__ void finish_product(
    const T* x, int x_stride, const T* vector, int vector_stride, int positions, int function, const T* residual, int residual_stride,
    T* y, int y_stride, int rows, int columns)
{
    FOR_EACH_PACK(row, column, rows, columns)
    {
        Pack pack = load_pack(x + (i64)row * x_stride + column);
        Pack v, r;
        if (vector) v = load_pack(vector + (i64)(row / positions) * vector_stride + column);
        if (residual) r = load_pack(residual + (i64)row * residual_stride + column);
#pragma unroll
        for (int i = 0; i < VECTOR; i++)
        {
            float value = widen(pack.e[i]);
            if (vector) value += widen(v.e[i]);
            value = activate(value, function);
            if (residual) value += widen(r.e[i]);
            pack.e[i] = narrow(value);
        }
        store_pack(y + (i64)row * y_stride + column, pack);
    }
}

// [N, H, W, C] → [N, 2 H, 2 W, C] by repeating; one pack of the result a thread.
extern "C" __global__ void upsample_nearest(const T* x, int x_stride, T* y, int height, int width, int rows, int columns)
{
    FOR_EACH_PACK(row, column, rows, columns)
    {
        u32 line = row / (2 * width);
        u32 source = (line / 2) * width + (row - line * 2 * width) / 2; // lines of one image are an even number
        store_pack(y + (i64)row * columns + column, load_pack(x + (i64)source * x_stride + column));
    }
}

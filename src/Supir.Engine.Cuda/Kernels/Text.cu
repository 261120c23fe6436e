// Small kernels around the text towers and the timestep: one thread an element of the result.

// y = table[id] + positions[row mod length]; an id outside the table gives NaN, which no test overlooks.
extern "C" __global__ void gather(
    const void* ids, int ids_are_singles, const T* table, int table_rows, const float* positions, int length, T* y, int rows, int columns)
{
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < (u32)rows * columns; i += gridDim.x * blockDim.x)
    {
        u32 row = i / columns, column = i - row * columns;
        int id = (int)read_number(ids, row, ids_are_singles);
        float value = id >= 0 && id < table_rows ? widen(table[(i64)id * columns + column]) : __int_as_float(0x7fffffff);
        y[i] = narrow(value + positions[(row % length) * columns + column]);
    }
}

extern "C" __global__ void select_row(
    const T* x, int x_stride, const void* index, int index_is_single, int length, T* y, int images, int columns)
{
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < (u32)images * columns; i += gridDim.x * blockDim.x)
    {
        u32 image = i / columns, column = i - image * columns;
        int row = (int)read_number(index, image, index_is_single);
        y[i] = row >= 0 && row < length ? x[((i64)image * length + row) * x_stride + column] : narrow(__int_as_float(0x7fffffff));
    }
}

// cos(t · f), then sin(t · f), f falling from 1 to 1/10000; rounded to single precision where torch rounds.
extern "C" __global__ void timestep_embedding(const void* timesteps, int are_singles, T* y, int count, int channels)
{
    int half = channels / 2;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < (u32)count * half; i += gridDim.x * blockDim.x)
    {
        u32 number = i / half, c = i - number * half;
        float frequency = expf(-9.210340371976184f * (float)c / (float)half);
        float angle = read_number(timesteps, number, are_singles) * frequency;
        y[(i64)number * channels + c] = narrow(cosf(angle));
        y[(i64)number * channels + half + c] = narrow(sinf(angle));
    }
}

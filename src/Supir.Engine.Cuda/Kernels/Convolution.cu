// Convolution and matrix product in plain arithmetic, for what the tensor cores' libraries do not take: any sizes, strides and
// alignment, also a source that is doubled first. Implicit product: rows are places of the result, the depth runs over [tap][input
// channel]. A block computes 64 places × 64 output channels, 16 of the depth at a time, a thread 4 × 4. Grid: (places, channels).
// gather_taps: rows of [tap][input channel], with which a convolution is a matrix product, for where no library convolves.
#define TILE 64
#define DEPTH 16

extern "C" __global__ void __launch_bounds__(256) convolve(
    const T* x, int x_stride, const T* weights, const T* bias, const T* residual, int residual_stride, T* y, int y_stride,
    int height, int width, int inputs, int result_height, int result_width, int outputs, int rows,
    int kernel_width, int depth, int step, int pad_top, int pad_left, int doubled)
{
    __shared__ float a[DEPTH][TILE + 4];
    __shared__ float b[DEPTH][TILE + 4];
    int first_row = blockIdx.x * TILE, first_output = blockIdx.y * TILE;
    int thread = threadIdx.x;
    int load_k = thread % DEPTH, load_row = thread / DEPTH; // 16 rows at a time, four times
    int virtual_height = doubled ? 2 * height : height, virtual_width = doubled ? 2 * width : width;
    int positions = result_height * result_width;
    float sums[4][4] = {};
    int own_row = (thread / 16) * 4, own_output = (thread % 16) * 4;

    for (int k0 = 0; k0 < depth; k0 += DEPTH)
    {
        int k = k0 + load_k;
        int tap = k / inputs, input = k - tap * inputs;
        int tap_y = tap / kernel_width, tap_x = tap - tap_y * kernel_width;
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            int row = first_row + load_row + 16 * i;
            float value = 0.0f;
            if (row < rows && k < depth)
            {
                int image = row / positions, place = row - image * positions;
                int line = place / result_width;
                int source_y = line * step + tap_y - pad_top;
                int source_x = (place - line * result_width) * step + tap_x - pad_left;
                if (source_y >= 0 && source_y < virtual_height && source_x >= 0 && source_x < virtual_width)
                {
                    if (doubled)
                    {
                        source_y >>= 1;
                        source_x >>= 1;
                    }
                    value = widen(x[((i64)image * height * width + source_y * width + source_x) * x_stride + input]);
                }
            }
            a[load_k][load_row + 16 * i] = value;
            int output = first_output + load_row + 16 * i;
            b[load_k][load_row + 16 * i] = output < outputs && k < depth ? widen(weights[(i64)output * depth + k]) : 0.0f;
        }
        __syncthreads();
#pragma unroll
        for (int i = 0; i < DEPTH; i++)
        {
            float4 left = *reinterpret_cast<const float4*>(&a[i][own_row]);
            float4 right = *reinterpret_cast<const float4*>(&b[i][own_output]);
            float l[4] = {left.x, left.y, left.z, left.w}, r[4] = {right.x, right.y, right.z, right.w};
#pragma unroll
            for (int m = 0; m < 4; m++)
#pragma unroll
                for (int n = 0; n < 4; n++) sums[m][n] += l[m] * r[n];
        }
        __syncthreads();
    }

#pragma unroll
    for (int m = 0; m < 4; m++)
    {
        int row = first_row + own_row + m;
        if (row >= rows) continue;
#pragma unroll
        for (int n = 0; n < 4; n++)
        {
            int output = first_output + own_output + n;
            if (output >= outputs) continue;
            float value = sums[m][n];
            if (bias) value += widen(bias[output]);
            if (residual) value += widen(residual[(i64)row * residual_stride + output]);
            y[(i64)row * y_stride + output] = narrow(value);
        }
    }
}

// One pack of VECTOR channels a thread. y: the rows first_row to first_row + rows − 1 of the result, without gaps.
extern "C" __global__ void gather_taps(
    const T* x, int x_stride, T* y, int height, int width, int inputs, int result_height, int result_width, int first_row, int rows,
    int kernel_width, int taps, int step, int pad_top, int pad_left, int doubled)
{
    u32 packs = inputs / VECTOR, all = (u32)rows * taps * packs;
    int virtual_height = doubled ? 2 * height : height, virtual_width = doubled ? 2 * width : width;
    int positions = result_height * result_width;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < all; i += gridDim.x * blockDim.x)
    {
        u32 rest = i / packs;
        int column = (i - rest * packs) * VECTOR;
        int tap = rest % taps, row = first_row + rest / taps;
        int image = row / positions, place = row - image * positions;
        int line = place / result_width;
        int tap_y = tap / kernel_width;
        int source_y = line * step + tap_y - pad_top;
        int source_x = (place - line * result_width) * step + (tap - tap_y * kernel_width) - pad_left;
        Pack pack;
#pragma unroll
        for (int k = 0; k < VECTOR; k++) pack.e[k] = 0;
        if (source_y >= 0 && source_y < virtual_height && source_x >= 0 && source_x < virtual_width)
        {
            if (doubled)
            {
                source_y >>= 1;
                source_x >>= 1;
            }
            pack = load_pack(x + ((i64)image * height * width + source_y * width + source_x) * x_stride + column);
        }
        store_pack(y + (i64)i * VECTOR, pack);
    }
}

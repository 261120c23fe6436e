// Stands in front of every other file: the values' number format T, its conversions, and packs of VECTOR elements that are
// loaded and stored at once. Nothing is included: NVRTC alone has to do. All arithmetic is in single precision.
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long i64;

#define NOT_SET (-__int_as_float(0x7f800000))

#if TYPE == 32
typedef float T;
__device__ __forceinline__ float widen(T x) { return x; }
__device__ __forceinline__ T narrow(float x) { return x; }
#elif TYPE == 16
typedef u16 T;
__device__ __forceinline__ float widen(T x)
{
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
    return y;
}
__device__ __forceinline__ T narrow(float x)
{
    T y;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y) : "f"(x));
    return y;
}
#else
typedef u16 T;
__device__ __forceinline__ float widen(T x) { return __uint_as_float((u32)x << 16); }
__device__ __forceinline__ T narrow(float x)
{
#if ARCHITECTURE >= 80
    T y;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y) : "f"(x));
    return y;
#else
    u32 bits = __float_as_uint(x);
    return x != x ? (T)0x7fff : (T)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
#endif
}
#endif

// VECTOR · sizeof(T) is 16 bytes, or VECTOR is 1.
struct alignas(VECTOR * sizeof(T)) Pack { T e[VECTOR]; };

__device__ __forceinline__ Pack load_pack(const T* source) { return *reinterpret_cast<const Pack*>(source); }
__device__ __forceinline__ void store_pack(T* destination, const Pack& pack) { *reinterpret_cast<Pack*>(destination) = pack; }

// VECTOR singles that belong to a pack's channels: factors, summands.
__device__ __forceinline__ void load_singles(float* destination, const float* source)
{
#if VECTOR >= 4
#pragma unroll
    for (int i = 0; i < VECTOR; i += 4)
    {
        float4 four = *reinterpret_cast<const float4*>(source + i);
        destination[i] = four.x;
        destination[i + 1] = four.y;
        destination[i + 2] = four.z;
        destination[i + 3] = four.w;
    }
#else
    destination[0] = source[0];
#endif
}

#if TYPE == 32
__device__ __forceinline__ float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
__device__ __forceinline__ float error_function(float x) { return erff(x); }
#else
__device__ __forceinline__ float sigmoid(float x) { return __fdividef(1.0f, 1.0f + __expf(-x)); }

__device__ __forceinline__ float reciprocal(float x)
{
    float y;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.28: within 3e-7 of erf and, here, 2e-6, a hundredth of T's rounding;
// one slow instruction, where forms with an exponential have two. Far out the power is infinite and erf 1.
__device__ __forceinline__ float error_function(float x)
{
    float m = fabsf(x);
    float series = 1.0f + m * (0.0705230784f + m * (0.0422820123f + m * (0.0092705272f + m * (0.0001520143f + m * (0.0002765672f + m * 0.0000430638f)))));
    series *= series;
    series *= series;
    series *= series;
    series *= series;
    return copysignf(1.0f - reciprocal(series), x);
}
#endif

// The numbering of Supir.Engine.Graphs.Activation.
__device__ __forceinline__ float activate(float x, int function)
{
    switch (function)
    {
        case 1: return x * sigmoid(x);
        case 2: return 0.5f * x * (1.0f + error_function(x * 0.70710678118654752f));
        case 3: return x * sigmoid(1.702f * x);
        default: return x;
    }
}

__device__ __forceinline__ float sum_over_warp(float x)
{
#pragma unroll
    for (int distance = 16; distance > 0; distance >>= 1) x += __shfl_xor_sync(0xffffffffu, x, distance);
    return x;
}

__device__ __forceinline__ float most_over_warp(float x)
{
#pragma unroll
    for (int distance = 16; distance > 0; distance >>= 1) x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, distance));
    return x;
}

// The same over the threads of a block, of which shared has 32 numbers, for each its own result; all threads take part.
__device__ __forceinline__ float sum_over_block(float x, float* shared)
{
    x = sum_over_warp(x);
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = x;
    __syncthreads();
    float all = sum_over_warp(threadIdx.x % 32 < blockDim.x / 32 ? shared[threadIdx.x % 32] : 0.0f);
    __syncthreads();
    return all;
}

__device__ __forceinline__ float most_over_block(float x, float* shared)
{
    x = most_over_warp(x);
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = x;
    __syncthreads();
    float all = most_over_warp(threadIdx.x % 32 < blockDim.x / 32 ? shared[threadIdx.x % 32] : NOT_SET);
    __syncthreads();
    return all;
}

// A row of x that a warp holds in registers, COUNT packs a lane; what a longer one has more is read again.
template <int COUNT>
struct WarpRow
{
    const T* source;
    int columns;
    Pack held[COUNT];

    __device__ __forceinline__ WarpRow(const T* x, int length) : source(x), columns(length)
    {
#pragma unroll
        for (int i = 0; i < COUNT; i++)
            if (place(i) < columns) held[i] = load_pack(source + place(i));
    }

    __device__ __forceinline__ int place(int i) const { return ((int)threadIdx.x % 32 + 32 * i) * VECTOR; }

    // f(column, pack) for all of the lane's packs.
    template <class F>
    __device__ __forceinline__ void each(F f) const
    {
#pragma unroll
        for (int i = 0; i < COUNT; i++)
            if (place(i) < columns) f(place(i), held[i]);
        for (int column = place(COUNT); column < columns; column += 32 * VECTOR) f(column, load_pack(source + column));
    }

    // The mean, and 1 / sqrt(variance + epsilon), with deviations from the mean as it is known by then.
    __device__ __forceinline__ float2 statistics(float epsilon) const
    {
        float sum = 0.0f, deviations = 0.0f;
        each([&](int, const Pack& pack)
        {
#pragma unroll
            for (int k = 0; k < VECTOR; k++) sum += widen(pack.e[k]);
        });
        float mean = sum_over_warp(sum) / columns;
        each([&](int, const Pack& pack)
        {
#pragma unroll
            for (int k = 0; k < VECTOR; k++) deviations += (widen(pack.e[k]) - mean) * (widen(pack.e[k]) - mean);
        });
        return make_float2(mean, 1.0f / sqrtf(sum_over_warp(deviations) / columns + epsilon));
    }
};

// Kernels that follow one another may overlap (Hopper and newer, where a launch asks for it): the next one's blocks may begin once all
// blocks of this one have said so, and await_previous waits for the end of everything before. Whatever a kernel before writes or reads
// may be touched only after that.
__device__ __forceinline__ void let_next_begin()
{
#if ARCHITECTURE >= 90
    asm volatile("griddepcontrol.launch_dependents;");
#endif
}

__device__ __forceinline__ void await_previous()
{
#if ARCHITECTURE >= 90
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// A single number that may be a caller's single or a value of the plan.
__device__ __forceinline__ float read_number(const void* source, i64 index, int is_single)
{
    return is_single ? ((const float*)source)[index] : widen(((const T*)source)[index]);
}

// oneDNN on the shapes of shapes.txt, in single precision, answering the questions that MeasurementService.cs describes.
// The library chooses the layout of the weights, and that of images in one of two ways (format_tag::any; the other is its blocked
// one); it is given the data in them, so conversions are not counted. Where there are several ways (direct and Winograd's convolutions,
// two operations for a linear one), the best one counts.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include <dnnl.hpp>
#include <omp.h>

using dnnl::memory;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

namespace {

const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
constexpr auto Float = memory::data_type::f32;
constexpr double Endless = 1e30;  // seconds of what cannot be done here
constexpr auto Inference = dnnl::prop_kind::forward_inference;

/// Memory in a layout, filled with small random numbers.
memory filled(const memory::desc& description) {
    memory result(description, engine);
    std::minstd_rand generator(1);
    std::uniform_real_distribution<float> uniform(-0.5f, 0.5f);
    float* elements = static_cast<float*>(result.get_data_handle());
    std::generate_n(elements, description.get_size() / sizeof(float), [&] { return uniform(generator); });
    return result;
}

double best_of(const dnnl::primitive& primitive, const Arguments& arguments, double seconds) {
    using clock = std::chrono::steady_clock;
    dnnl::stream stream(engine);
    primitive.execute(stream, arguments);
    stream.wait();
    const auto begin = clock::now();
    double best = Endless;
    do {
        const auto start = clock::now();
        primitive.execute(stream, arguments);
        stream.wait();
        best = std::min(best, std::chrono::duration<double>(clock::now() - start).count());
    } while (std::chrono::duration<double>(clock::now() - begin).count() < seconds);
    return best;
}

double matrix_product(long rows, long inputs, long outputs, double seconds) {
    const dnnl::matmul::primitive_desc product(
        dnnl::matmul::desc({{rows, inputs}, Float, Tag::ab}, {{inputs, outputs}, Float, Tag::any}, {{rows, outputs}, Float, Tag::ab}), engine);
    return best_of(dnnl::matmul(product),
        {{DNNL_ARG_SRC, filled(product.src_desc())}, {DNNL_ARG_WEIGHTS, filled(product.weights_desc())}, {DNNL_ARG_DST, memory(product.dst_desc(), engine)}},
        seconds);
}

double inner_product(long rows, long inputs, long outputs, double seconds) {
    const dnnl::inner_product_forward::primitive_desc product(
        dnnl::inner_product_forward::desc(Inference, {{rows, inputs}, Float, Tag::any}, {{outputs, inputs}, Float, Tag::any}, {{rows, outputs}, Float, Tag::any}),
        engine);
    return best_of(dnnl::inner_product_forward(product),
        {{DNNL_ARG_SRC, filled(product.src_desc())}, {DNNL_ARG_WEIGHTS, filled(product.weights_desc())}, {DNNL_ARG_DST, memory(product.dst_desc(), engine)}},
        seconds);
}

/// 3x3, stride 1, a border of one zero, by one of the library's ways; an endless time where it does not have that here.
double convolution(long side, long inputs, long outputs, dnnl::algorithm way, Tag layout, double seconds) {
    const dnnl::convolution_forward::primitive_desc convolution(
        dnnl::convolution_forward::desc(Inference, way, {{1, inputs, side, side}, Float, layout},
            {{outputs, inputs, 3, 3}, Float, Tag::any}, {{1, outputs, side, side}, Float, layout}, {1, 1}, {1, 1}, {1, 1}),
        dnnl::primitive_attr(), engine, true);
    if (!convolution) return Endless;
    // Plain loops: what the library falls back on where it has no kernel for a layout.
    if (std::string(convolution.impl_info_str()).find("ref") != std::string::npos) return Endless;
    return best_of(dnnl::convolution_forward(convolution),
        {{DNNL_ARG_SRC, filled(convolution.src_desc())}, {DNNL_ARG_WEIGHTS, filled(convolution.weights_desc())}, {DNNL_ARG_DST, memory(convolution.dst_desc(), engine)}},
        seconds);
}

}  // namespace

int main() {
    std::string question;
    while (std::getline(std::cin, question)) {
        std::istringstream words(question);
        int threads;
        double seconds;
        std::string kind;
        long a, b, c;
        if (!(words >> threads >> seconds >> kind >> a >> b >> c)) {
            std::cerr << "onednn: cannot read '" << question << "'\n";
            return 2;
        }
        omp_set_num_threads(threads);
        if (kind == "linear") {
            std::cout << std::min(matrix_product(a, b, c, seconds / 2), inner_product(a, b, c, seconds / 2)) << std::endl;
        } else if (kind == "conv") {
            double best = Endless;
            for (const dnnl::algorithm way : {dnnl::algorithm::convolution_direct, dnnl::algorithm::convolution_winograd})
                for (const Tag layout : {Tag::any, Tag::nChw16c}) best = std::min(best, convolution(a, b, c, way, layout, seconds / 4));
            std::cout << best << std::endl;
        } else {
            // This version has no attention.
            std::cout << "none" << std::endl;
        }
    }
}

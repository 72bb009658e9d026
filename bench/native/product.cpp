// The product of int8 rows and a 256x256 tile with 128-bit instructions of the processor: what the
// rows kernel could reach at best. Operands are packed as the kernel has them: pairs of int16, in
// panels of 16 columns, so that one multiply-add instruction does four columns of two rows.
//
// Usage: product ROWS SECONDS. Tries two blockings of the registers, each over all rows at once and
// over 512 rows at a time, for SECONDS in all. Prints one line of JSON: the name of the fastest and
// its seconds for one product; exits with 1 if any of them computes a wrong sum.
#include <immintrin.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

namespace {

constexpr size_t depth = 256, columns = 256, panel_columns = 16;
constexpr size_t pairs = depth / 2, panels = columns / panel_columns;
constexpr size_t panel_values = pairs * panel_columns * 2;
constexpr size_t lanes = 4;

struct Operands {
  size_t rows;
  std::vector<int16_t> activations;  // [rows, depth]
  std::vector<int16_t> weights;      // [panels, pairs, 16, 2]

  explicit Operands(size_t rows)
      : rows(rows), activations(rows * depth), weights(depth * columns) {
    std::mt19937 random(1);
    for (int16_t& value : activations) value = static_cast<int8_t>(random());
    for (int16_t& value : weights) value = static_cast<int8_t>(random());
  }

  int16_t weight(size_t k, size_t n) const {
    const size_t panel = n / panel_columns, column = n % panel_columns;
    return weights[panel * panel_values + (k / 2 * panel_columns + column) * 2 + k % 2];
  }
};

/** A pair of activations in every lane. */
inline __m128i broadcast(const int16_t* pair) {
  return _mm_castps_si128(_mm_broadcast_ss(reinterpret_cast<const float*>(pair)));
}

/** ROWS rows by VECTORS times four columns, their sums in registers. */
template <size_t ROWS, size_t VECTORS>
inline void multiply_block(const int16_t* a, const int16_t* w, int32_t* sums) {
  __m128i sum[ROWS][VECTORS] = {};
  for (size_t pair = 0; pair < pairs; pair++) {
    __m128i weights[VECTORS];
    for (size_t v = 0; v < VECTORS; v++) {
      const int16_t* at = w + (pair * panel_columns + v * lanes) * 2;
      weights[v] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    }
    for (size_t r = 0; r < ROWS; r++) {
      const __m128i activations = broadcast(a + r * depth + pair * 2);
      for (size_t v = 0; v < VECTORS; v++) {
        sum[r][v] = _mm_add_epi32(sum[r][v], _mm_madd_epi16(weights[v], activations));
      }
    }
  }
  for (size_t r = 0; r < ROWS; r++) {
    for (size_t v = 0; v < VECTORS; v++) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(sums + r * columns + v * lanes), sum[r][v]);
    }
  }
}

/** Rows first..first+count-1, in blocks; `count` is a multiple of ROWS. */
template <size_t ROWS, size_t VECTORS>
void multiply(const Operands& operands, size_t first, size_t count, int32_t* sums) {
  for (size_t panel = 0; panel < panels; panel++) {
    for (size_t row = first; row < first + count; row += ROWS) {
      for (size_t column = 0; column < panel_columns; column += VECTORS * lanes) {
        multiply_block<ROWS, VECTORS>(&operands.activations[row * depth],
                                      &operands.weights[panel * panel_values + column * 2],
                                      sums + row * columns + panel * panel_columns + column);
      }
    }
  }
}

struct Variant {
  const char* name;
  void (*multiply)(const Operands&, size_t first, size_t count, int32_t* sums);
  size_t chunk;
};

void run(const Variant& variant, const Operands& operands, std::vector<int32_t>& sums) {
  const size_t chunk = variant.chunk > 0 ? variant.chunk : operands.rows;
  for (size_t row = 0; row < operands.rows; row += chunk) {
    const size_t left = operands.rows - row;
    variant.multiply(operands, row, chunk < left ? chunk : left, sums.data());
  }
}

bool is_right(const Operands& operands, const std::vector<int32_t>& sums) {
  for (size_t row = 0; row < operands.rows; row++) {
    for (size_t n = 0; n < columns; n++) {
      int32_t expected = 0;
      for (size_t k = 0; k < depth; k++) {
        expected += operands.activations[row * depth + k] * operands.weight(k, n);
      }
      if (sums[row * columns + n] != expected) return false;
    }
  }
  return true;
}

double measure(const Variant& variant, const Operands& operands, std::vector<int32_t>& sums,
               double seconds) {
  run(variant, operands, sums);
  const auto began = std::chrono::steady_clock::now();
  for (size_t runs = 1;; runs++) {
    run(variant, operands, sums);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
    if (spent.count() >= seconds) return spent.count() / runs;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const size_t rows = argc > 2 ? std::strtoul(argv[1], nullptr, 10) : 0;
  const double seconds = argc > 2 ? std::strtod(argv[2], nullptr) : 0;
  if (rows == 0 || rows % 4 != 0 || !(seconds > 0)) {
    std::fprintf(stderr, "usage: product ROWS SECONDS, a multiple of 4 rows\n");
    return 2;
  }
  const Operands operands(rows);
  const Variant variants[] = {
      {"1x4, all rows", multiply<1, 4>, 0},
      {"1x4, 512 rows", multiply<1, 4>, 512},
      {"4x2, all rows", multiply<4, 2>, 0},
      {"4x2, 512 rows", multiply<4, 2>, 512},
  };
  const Variant* fastest = nullptr;
  double best = 0;
  for (const Variant& variant : variants) {
    std::vector<int32_t> sums(rows * columns);
    const double spent = measure(variant, operands, sums, seconds / std::size(variants));
    if (!is_right(operands, sums)) {
      std::fprintf(stderr, "%s: wrong sums\n", variant.name);
      return 1;
    }
    if (!fastest || spent < best) {
      fastest = &variant;
      best = spent;
    }
  }
  std::printf("{\"fastest\": \"%s\", \"seconds\": %.9f}\n", fastest->name, best);
}

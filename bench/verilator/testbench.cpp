// Streams tiles and their rows through an array without a pause and says how long that took.
//
// Usage: testbench ROWS_PER_TILE TILES. ROWS and COLUMNS are compiled in; Verilator's class is called
// Varray. Prints one line of JSON: cycles, seconds of the wall clock without checking, and how many
// of the sums are wrong; exits with 1 if any is.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "Varray.h"
#include "verilated.h"

namespace {

struct Stream {
  size_t rows_per_tile;
  size_t tiles;
  std::vector<int8_t> rows;
  std::vector<int8_t> weights;

  Stream(size_t rows_per_tile, size_t tiles)
      : rows_per_tile(rows_per_tile),
        tiles(tiles),
        rows(rows_per_tile * tiles * ROWS),
        weights(tiles * ROWS * COLUMNS) {
    std::mt19937 random(1);
    for (int8_t& value : rows) value = static_cast<int8_t>(random());
    for (int8_t& value : weights) value = static_cast<int8_t>(random());
  }

  size_t row_count() const { return rows_per_tile * tiles; }
  /** The first tile shifts in, all rows are fed, the last one comes out. */
  size_t cycles() const { return ROWS + row_count() + ROWS + COLUMNS - 1; }
};

/** Ports that only some codings have. */
template <class Top>
void set_constant_ports(Top& top) {
  if constexpr (requires { top.reset; }) {
    top.reset = 1;
    top.clk = 1;
    top.eval();
    top.clk = 0;
    top.reset = 0;
    top.eval();
  }
  if constexpr (requires { top.row_signed; }) top.row_signed = 1;
}

template <class Port>
void put(Port& port, const int8_t* bytes, size_t count) {
  std::memcpy(&port, bytes, count);
}

/** Puts down the sums of all rows, as they leave the array. */
template <class Top>
void run(Top& top, const Stream& stream, std::vector<int32_t>& sums) {
  constexpr size_t landing_delay = ROWS + COLUMNS - 1;
  constexpr unsigned switches = 1, reads_signed = 2;
  for (size_t cycle = 0; cycle < stream.cycles(); cycle++) {
    // Tile n shifts in during the first cycles of the rows of tile n - 1.
    const bool first = cycle < ROWS;
    const size_t tile = first ? 0 : 1 + (cycle - ROWS) / stream.rows_per_tile;
    const size_t shifted = first ? cycle : (cycle - ROWS) % stream.rows_per_tile;
    const bool shift = tile < stream.tiles && shifted < ROWS;
    top.shift = shift;
    top.shift_first = shift && shifted == 0;
    // The last row of a tile comes first.
    const size_t tile_row = tile * ROWS + (ROWS - 1 - shifted);
    if (shift) put(top.weight_row, &stream.weights[tile_row * COLUMNS], COLUMNS);

    const size_t row = cycle - ROWS;
    top.feed = cycle >= ROWS && row < stream.row_count();
    if (top.feed) {
      top.control = reads_signed | (row % stream.rows_per_tile == 0 ? switches : 0);
      put(top.row, &stream.rows[row * ROWS], ROWS);
    }
    if (cycle >= ROWS + landing_delay) {
      std::memcpy(&sums[(row - landing_delay) * COLUMNS], &top.sums, COLUMNS * 4);
    }
    top.clk = 1;
    top.eval();
    top.clk = 0;
    top.eval();
  }
}

size_t count_wrong(const Stream& stream, const std::vector<int32_t>& sums) {
  size_t wrong = 0;
  for (size_t row = 0; row < stream.row_count(); row++) {
    int32_t expected[COLUMNS] = {};
    const int8_t* weights = &stream.weights[row / stream.rows_per_tile * ROWS * COLUMNS];
    for (size_t r = 0; r < ROWS; r++) {
      const int32_t activation = stream.rows[row * ROWS + r];
      for (size_t c = 0; c < COLUMNS; c++) expected[c] += activation * weights[r * COLUMNS + c];
    }
    for (size_t c = 0; c < COLUMNS; c++) wrong += sums[row * COLUMNS + c] != expected[c];
  }
  return wrong;
}

}  // namespace

int main(int argc, char** argv) {
  const size_t rows_per_tile = argc > 2 ? std::strtoul(argv[1], nullptr, 10) : 0;
  const size_t tiles = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  if (rows_per_tile < ROWS || tiles < 1) {
    std::fprintf(stderr, "usage: testbench ROWS_PER_TILE TILES, at least %d rows\n", ROWS);
    return 2;
  }
  VerilatedContext context;
  Varray top(&context);
  top.clk = 0;
  top.feed = 0;
  top.shift = 0;
  top.eval();
  set_constant_ports(top);
  const Stream stream(rows_per_tile, tiles);
  std::vector<int32_t> sums(stream.row_count() * COLUMNS);
  const auto began = std::chrono::steady_clock::now();
  run(top, stream, sums);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
  const size_t wrong = count_wrong(stream, sums);
  std::printf("{\"cycles\": %zu, \"seconds\": %.6f, \"wrong\": %zu}\n", stream.cycles(),
              spent.count(), wrong);
  return wrong > 0;
}

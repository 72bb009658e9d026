// Drives one coding of the Matrix Multiply Unit from a file and writes down what it does.
//
// Usage: cosim STIMULUS OUTPUT. Both are binary, little-endian. ROWS and COLUMNS are compiled in.
//
// Stimulus, for each cycle:
//   1 byte            1 reset, 2 feed, 4 row_signed, 8 shift_first, 16 write the registers down
//   1 byte            control, 4 bits
//   1 byte            shift, 2 bits
//   ROWS bytes        row
//   COLUMNS bytes     weight_row
//
// Output, for each cycle:
//   COLUMNS x 4 bytes sums, as they leave the array in this cycle
//   4 bytes           sums_control
//   and, where asked for, all registers after this cycle, 4 bytes each of partial_sum, sum_deskew,
//   2 bytes each of activation, active_weight, shadow_weight, activation_skew,
//   1 byte each of wave, shift_enable, weight_skew; then zeros up to a multiple of 4 bytes.
//
// Time spent in the model is told on the standard error: cycles and seconds.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "Vcosim.h"
#include "verilated.h"

namespace {

constexpr size_t cycle_bytes = 3 + ROWS + COLUMNS;

// Without registers there is nothing to write, though the model's array has one element.
constexpr size_t row_triangle = ROWS * (ROWS - 1) / 2;
constexpr size_t column_triangle = COLUMNS * (COLUMNS - 1) / 2;
constexpr size_t cells = static_cast<size_t>(ROWS) * COLUMNS;

std::vector<uint8_t> read_file(const char* path) {
  std::vector<uint8_t> bytes;
  FILE* file = std::fopen(path, "rb");
  if (!file) return bytes;
  uint8_t block[65536];
  while (size_t got = std::fread(block, 1, sizeof block, file)) {
    bytes.insert(bytes.end(), block, block + got);
  }
  std::fclose(file);
  return bytes;
}

class Output {
 public:
  explicit Output(FILE* file) : file_(file) {}

  void write(const void* from, size_t bytes) {
    complete_ = complete_ && std::fwrite(from, 1, bytes, file_) == bytes;
    written_ += bytes;
  }

  void pad() {
    const uint32_t zero = 0;
    write(&zero, (4 - written_ % 4) % 4);
  }

  bool close() { return std::fclose(file_) == 0 && complete_; }

 private:
  FILE* file_;
  size_t written_ = 0;
  bool complete_ = true;
};

void write_registers(const Vcosim& top, Output& output) {
  output.write(&top.partial_sum, 4 * cells);
  output.write(&top.sum_deskew, 4 * column_triangle);
  output.write(&top.activation, 2 * cells);
  output.write(&top.active_weight, 2 * cells);
  output.write(&top.shadow_weight, 2 * cells);
  output.write(&top.activation_skew, 2 * row_triangle);
  output.write(&top.wave, cells);
  output.write(&top.shift_enable, cells);
  output.write(&top.weight_skew, column_triangle);
  output.pad();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: cosim STIMULUS OUTPUT\n");
    return 2;
  }
  const std::vector<uint8_t> stimulus = read_file(argv[1]);
  FILE* file = std::fopen(argv[2], "wb");
  if (stimulus.empty() || stimulus.size() % cycle_bytes != 0 || !file) {
    std::fprintf(stderr, "cosim: no stimulus of whole cycles in %s, or no output\n", argv[1]);
    return 2;
  }
  Output output(file);
  VerilatedContext context;
  // Too large for the stack at 256 x 256.
  const auto model = std::make_unique<Vcosim>(&context);
  Vcosim& top = *model;
  top.clk = 0;
  top.probe = 0;
  top.eval();

  using Clock = std::chrono::steady_clock;
  Clock::duration busy{};
  for (size_t at = 0; at < stimulus.size(); at += cycle_bytes) {
    const uint8_t* cycle = &stimulus[at];
    const bool observed = cycle[0] & 16;
    const Clock::time_point began = Clock::now();
    top.reset = cycle[0] & 1;
    top.feed = cycle[0] >> 1 & 1;
    top.row_signed = cycle[0] >> 2 & 1;
    top.shift_first = cycle[0] >> 3 & 1;
    top.control = cycle[1];
    top.shift = cycle[2];
    std::memcpy(&top.row, cycle + 3, ROWS);
    std::memcpy(&top.weight_row, cycle + 3 + ROWS, COLUMNS);
    // Before the edge the ports show what leaves in this cycle.
    output.write(&top.sums, 4 * COLUMNS);
    const uint32_t sums_control = top.sums_control;
    output.write(&sums_control, 4);
    top.clk = 1;
    top.eval();
    top.clk = 0;
    top.eval();
    busy += Clock::now() - began;
    if (!observed) continue;
    top.probe = 1;
    top.eval();
    top.probe = 0;
    top.eval();
    write_registers(top, output);
  }
  top.final();
  if (!output.close()) {
    std::fprintf(stderr, "cosim: %s could not be written\n", argv[2]);
    return 2;
  }
  std::fprintf(stderr, "%zu %.6f\n", stimulus.size() / cycle_bytes,
               std::chrono::duration<double>(busy).count());
  return 0;
}

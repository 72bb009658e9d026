// The Matrix Multiply Unit once more, with the ports and the registers of mxu.sv, written for fast
// simulation: with one module per cell a simulator needs many minutes to compile 256 x 256 cells.
//
// Every kind of register is one flat array in reversed order: cell (r, c) is element
// CELLS-1-(r*COLUMNS+c). Its left neighbour is then one element further on and its upper neighbour
// COLUMNS elements, so that one ascending loop per kind moves all cells and still reads the old
// values of their neighbours. Verilator makes plain C++ loops of these, which compilers vectorise.
// Delay lines stand behind each other in the same way, register d of line n (n of them) being
// element TRIANGLE-1-(n*(n-1)/2+d): one loop moves all lines, then each gets its first register.
//
// The arrays are declared with a power of two of elements, since an index that cannot be out of
// range needs no check. The elements from CELLS (or the size of the triangle) on are never written.
module mxu_flat #(
  parameter int ROWS = 256,
  parameter int COLUMNS = 256
) (
  input  logic                  clk,
  input  logic                  reset,
  input  logic                  feed,
  input  logic [ROWS*8-1:0]     row,
  input  logic                  row_signed,
  input  logic [3:0]            control,
  input  logic [1:0]            shift,
  input  logic                  shift_first,
  input  logic [COLUMNS*8-1:0]  weight_row,
  output logic [COLUMNS*32-1:0] sums,
  output logic [3:0]            sums_control
);
  localparam int unsigned CELLS = ROWS * COLUMNS;
  localparam int unsigned ROW_TRIANGLE = ROWS * (ROWS - 1) / 2;
  localparam int unsigned COLUMN_TRIANGLE = COLUMNS * (COLUMNS - 1) / 2;
  localparam int LAST_CELL = 2 ** $clog2(CELLS) - 1;
  localparam int LAST_IN_ROWS = 2 ** $clog2(ROW_TRIANGLE) - 1;
  localparam int LAST_IN_COLUMNS = 2 ** $clog2(COLUMN_TRIANGLE) - 1;

  shortint activation[0:LAST_CELL];
  byte     wave[0:LAST_CELL];
  byte     shift_enable[0:LAST_CELL];
  shortint active_weight[0:LAST_CELL];
  shortint shadow_weight[0:LAST_CELL];
  int      partial_sum[0:LAST_CELL];
  shortint activation_skew[0:LAST_IN_ROWS];
  byte     weight_skew[0:LAST_IN_COLUMNS];
  int      sum_deskew[0:LAST_IN_COLUMNS];

  // What enters a row of cells from the left, and a column of them from above, in this cycle.
  shortint entering_activation[0:ROWS-1];
  byte     entering_wave[0:ROWS-1];
  byte     entering_weight[0:COLUMNS-1];

  logic [ROWS*2-1:0] edge_enable;

  shift_edge #(.ROWS(ROWS)) u_shift_edge (
    .clk, .reset, .shift, .shift_first, .enable(edge_enable)
  );

  // Assignments are blocking and their order is the design: what a loop reads must still be old.
  always_ff @(posedge clk) begin
    if (reset) begin
      for (int unsigned i = 0; i < CELLS; i++) begin
        activation[i] = '0;
        wave[i] = '0;
        shift_enable[i] = '0;
        active_weight[i] = '0;
        shadow_weight[i] = '0;
        partial_sum[i] = '0;
      end
      for (int unsigned i = 0; i < ROW_TRIANGLE; i++) activation_skew[i] = '0;
      for (int unsigned i = 0; i < COLUMN_TRIANGLE; i++) weight_skew[i] = '0;
      for (int unsigned i = 0; i < COLUMN_TRIANGLE; i++) sum_deskew[i] = '0;
      for (int unsigned r = 0; r < ROWS; r++) entering_wave[r] = '0;
    end else begin
      // The sums of the bottom row leave the cells. Column c, element n of the row with n =
      // COLUMNS-1-c, waits in n registers.
      for (int unsigned i = 1; i < COLUMN_TRIANGLE; i++) sum_deskew[i-1] = sum_deskew[i];
      for (int unsigned n = 1; n < COLUMNS; n++)
        sum_deskew[COLUMN_TRIANGLE - 1 - n * (n - 1) / 2] = partial_sum[n];

      // What the skew offers, then the skew itself.
      for (int unsigned r = 1; r < ROWS; r++)
        entering_activation[r] = activation_skew[ROW_TRIANGLE - r * (r + 1) / 2];
      for (int unsigned i = 1; i < ROW_TRIANGLE; i++) activation_skew[i-1] = activation_skew[i];
      for (int unsigned r = 1; r < ROWS; r++)
        activation_skew[ROW_TRIANGLE - 1 - r * (r - 1) / 2] =
          feed ? {{8{row_signed & row[r*8+7]}}, row[r*8+:8]} : '0;
      entering_activation[0] = feed ? {{8{row_signed & row[7]}}, row[7:0]} : '0;

      for (int unsigned r = ROWS - 1; r > 0; r--) entering_wave[r] = entering_wave[r-1];
      entering_wave[0] = feed ? 8'(control) : '0;

      for (int unsigned c = 1; c < COLUMNS; c++)
        entering_weight[c] = weight_skew[COLUMN_TRIANGLE - c * (c + 1) / 2];
      for (int unsigned i = 1; i < COLUMN_TRIANGLE; i++) weight_skew[i-1] = weight_skew[i];
      for (int unsigned c = 1; c < COLUMNS; c++)
        weight_skew[COLUMN_TRIANGLE - 1 - c * (c - 1) / 2] = shift == '0 ? '0 : weight_row[c*8+:8];
      entering_weight[0] = shift == '0 ? '0 : weight_row[7:0];

      // One cell to the right.
      for (int unsigned i = 1; i < CELLS; i++) activation[i-1] = activation[i];
      for (int unsigned i = 1; i < CELLS; i++) wave[i-1] = wave[i];
      for (int unsigned i = 1; i < CELLS; i++) shift_enable[i-1] = shift_enable[i];
      for (int unsigned r = 0; r < ROWS; r++)
        activation[CELLS - 1 - r * COLUMNS] = entering_activation[r];
      for (int unsigned r = 0; r < ROWS; r++) wave[CELLS - 1 - r * COLUMNS] = entering_wave[r];
      for (int unsigned r = 0; r < ROWS; r++)
        shift_enable[CELLS - 1 - r * COLUMNS] = 8'(edge_enable[r*2+:2]);

      // The switch finds the shadow weight as it was before the shift. The last COLUMNS elements
      // are the first row of the array, which has no cells above it.
      for (int unsigned i = 0; i < CELLS - COLUMNS; i++) begin
        active_weight[i] = wave[i][0] ? shadow_weight[i] : active_weight[i];
        shadow_weight[i] = (shadow_weight[i+COLUMNS] & bytes_enabled(shift_enable[i]))
          | (shadow_weight[i] & ~bytes_enabled(shift_enable[i]));
        partial_sum[i] = partial_sum[i+COLUMNS]
          + int'(activation[i]) * int'(weight_of(active_weight[i], wave[i]));
      end
      for (int unsigned i = CELLS - COLUMNS; i < CELLS; i++) begin
        active_weight[i] = wave[i][0] ? shadow_weight[i] : active_weight[i];
        shadow_weight[i] = ({2{entering_weight[CELLS-1-i]}} & bytes_enabled(shift_enable[i]))
          | (shadow_weight[i] & ~bytes_enabled(shift_enable[i]));
        partial_sum[i] = int'(activation[i]) * int'(weight_of(active_weight[i], wave[i]));
      end
    end

    // The last register of each line of the de-skew, and of the cells in the last column.
    for (int unsigned n = 1; n < COLUMNS; n++)
      sums[(COLUMNS-1-n)*32+:32] = sum_deskew[COLUMN_TRIANGLE - n * (n + 1) / 2];
    sums[(COLUMNS-1)*32+:32] = partial_sum[0];
    sums_control = wave[0][3:0];
  end

  // The bits of the shadow weight that a shift enable lets move.
  function automatic shortint bytes_enabled(input byte enable);
    return {{8{enable[1]}}, {8{enable[0]}}};
  endfunction

  // The byte of the weight that the control bits of a wave choose, as a number.
  function automatic shortint weight_of(input shortint word, input byte control_bits);
    byte chosen;
    chosen = control_bits[2] ? word[15:8] : word[7:0];
    return {{8{control_bits[1] & chosen[7]}}, chosen};
  endfunction
endmodule

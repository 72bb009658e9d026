// The array for signed bytes alone, written to be simulated as fast as Verilator can: the opponent
// of the stepped engine. Ports and timing are those of rtl/mxu.sv, less what only 16 bits, unsigned
// bytes and a reset need. Registers begin undefined: a tile must shift in before the first row.
//
// Every kind of register of the cells is one flat array in reversed order, cell (r, c) being element
// CELLS-1-(r*COLUMNS+c). The left neighbour is then the next element and the upper neighbour the one
// COLUMNS further on, so that ascending loops read old values; Verilator turns them into loops of
// C++ that compilers vectorise. Flags are 0 or -1, so that they select by bitwise and.
//
// Skew and de-skew move nothing: each is a ring of the last cycles, read at the age of its line.
//
// ROWS and COLUMNS are powers of two, so that no index needs a check.
module mxu_int8 #(
  parameter int ROWS = 256,
  parameter int COLUMNS = 256
) (
  input  logic                  clk,
  input  logic                  feed,
  input  logic [ROWS*8-1:0]     row,
  // Bit 0: the row is the first one to meet the tile in the shadow plane. The others are ignored.
  input  logic [3:0]            control,
  // Any bit: a row of a tile enters the shadow plane.
  input  logic [1:0]            shift,
  input  logic                  shift_first,
  input  logic [COLUMNS*8-1:0]  weight_row,
  output logic [COLUMNS*32-1:0] sums
);
  localparam int unsigned CELLS = ROWS * COLUMNS;
  localparam int unsigned BELOW = CELLS - COLUMNS;
  localparam int unsigned DEPTH = ROWS > COLUMNS ? ROWS : COLUMNS;
  localparam int unsigned AGE_BITS = $clog2(DEPTH);

  byte activation[0:CELLS-1];
  byte switches[0:CELLS-1];
  byte shifts[0:CELLS-1];
  byte active_weight[0:CELLS-1];
  byte shadow_weight[0:CELLS-1];
  int  partial_sum[0:CELLS-1];

  // Rings: what entered, and what the bottom row of cells made, in each of the last cycles.
  byte fed_rows[0:DEPTH-1][0:ROWS-1];
  byte fed_switches[0:DEPTH-1];
  byte tile_rows[0:DEPTH-1][0:COLUMNS-1];
  int  finished[0:DEPTH-1][0:COLUMNS-1];
  logic [AGE_BITS-1:0] now;

  // How many rows of the array the tile that shifts in has reached: a thermometer.
  logic [ROWS-1:0] reached;

  // Assignments are blocking and their order is the design: what a loop reads must still be old.
  always_ff @(posedge clk) begin
    for (int unsigned r = 0; r < ROWS; r++) fed_rows[now][r] = feed ? row[r*8+:8] : 8'd0;
    for (int unsigned c = 0; c < COLUMNS; c++) tile_rows[now][c] = weight_row[c*8+:8];
    fed_switches[now] = {8{feed & control[0]}};
    reached = shift == '0 ? '0 : shift_first ? ROWS'(1) : (reached << 1) | ROWS'(1);

    // One cell to the right; the first column takes what the skew offers.
    for (int unsigned i = 0; i < CELLS - 1; i++) activation[i] = activation[i+1];
    for (int unsigned i = 0; i < CELLS - 1; i++) switches[i] = switches[i+1];
    for (int unsigned i = 0; i < CELLS - 1; i++) shifts[i] = shifts[i+1];
    for (int unsigned r = 0; r < ROWS; r++)
      activation[CELLS-1-r*COLUMNS] = fed_rows[now - AGE_BITS'(r)][r];
    for (int unsigned r = 0; r < ROWS; r++)
      switches[CELLS-1-r*COLUMNS] = fed_switches[now - AGE_BITS'(r)];
    for (int unsigned r = 0; r < ROWS; r++) shifts[CELLS-1-r*COLUMNS] = {8{reached[r]}};

    // The switch takes the shadow weight as it was before the shift.
    for (int unsigned i = 0; i < CELLS; i++)
      active_weight[i] = (shadow_weight[i] & switches[i]) | (active_weight[i] & ~switches[i]);
    for (int unsigned i = 0; i < BELOW; i++)
      shadow_weight[i] = (shadow_weight[i+COLUMNS] & shifts[i]) | (shadow_weight[i] & ~shifts[i]);
    for (int unsigned c = 0; c < COLUMNS; c++)
      shadow_weight[CELLS-1-c] = (tile_rows[now - AGE_BITS'(c)][c] & shifts[CELLS-1-c])
        | (shadow_weight[CELLS-1-c] & ~shifts[CELLS-1-c]);

    // One cell down. The last COLUMNS elements are the first row, which has no cells above it.
    for (int unsigned i = 0; i < BELOW; i++)
      partial_sum[i] = partial_sum[i+COLUMNS] + int'(activation[i]) * int'(active_weight[i]);
    for (int unsigned i = BELOW; i < CELLS; i++)
      partial_sum[i] = int'(activation[i]) * int'(active_weight[i]);

    // Column c waits until the last column has its sum, too.
    for (int unsigned c = 0; c < COLUMNS; c++) finished[now][c] = partial_sum[COLUMNS-1-c];
    for (int unsigned c = 0; c < COLUMNS; c++)
      sums[c*32+:32] = finished[now - AGE_BITS'(COLUMNS-1-c)][c];
    now = now + 1'b1;
  end
endmodule

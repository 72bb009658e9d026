// The Matrix Multiply Unit: ROWS x COLUMNS cells, the skew before them and the de-skew behind them.
// Weights stay, activations move right, sums move down.
//
// Parameters
//   ROWS, COLUMNS   of the array, 1 or more
//
// Ports, all sampled at the rising edge of clk
//   reset           sets every register to zero
//   feed            a row is fed in this cycle; if not, zeros enter instead of `row` and `control`
//   row             one byte of each of its ROWS activations, element r meets row r of the tile
//   row_signed      those bytes are signed
//   control         bit 0: the row is the first one to meet the tile in the shadow plane
//                   bit 1: it reads the byte of the weights as signed
//                   bit 2: it meets the high bytes of the weights
//                   bit 3: its bytes are the high ones of activations of 16 bits
//   shift           a row of a tile enters the shadow plane: bit 0: as low bytes, bit 1: as high
//                   bytes; zeros enter the delay lines of the weights otherwise
//   shift_first     it is the first one of a tile (or of a half of a wide tile)
//   weight_row      the row of the tile; rows come from the last to the first, ROWS cycles on end
//   sums            COLUMNS sums of the row that was fed ROWS+COLUMNS-1 cycles ago
//   sums_control    the control bits of that row
//
// Timing
//   A row fed in cycle t is multiplied by cell (r, c) in t+r+c and is at `sums` in cycle
//   t+ROWS+COLUMNS-1. A row may be fed in every cycle.
//   A tile whose shift begins in cycle s may be switched to from s+ROWS on (a wide one when both of
//   its halves have shifted); the next tile may begin to shift in the cycle of that switch.
//   Operands of 16 bits are fed byte by byte, the row once for every pair of an activation byte and
//   a weight byte; adding the sums up, shifted to their places, is the work of the accumulators.
module mxu #(
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
  logic [ROWS*2-1:0] edge_enable;

  shift_edge #(.ROWS(ROWS)) u_shift_edge (
    .clk, .reset, .shift, .shift_first, .enable(edge_enable)
  );

  // Element r of a row waits in r registers. The control bits of all rows walk down one line.
  for (genvar r = 0; r < ROWS; r++) begin : skew
    logic signed [8:0] entering;
    logic signed [8:0] activation;
    logic        [3:0] wave;

    assign entering = feed ? {row_signed & row[r*8+7], row[r*8+:8]} : '0;
    delay_line #(.WIDTH(9), .DELAY(r)) u_activation (
      .clk, .reset, .first(entering), .last(activation)
    );
    if (r == 0) begin : top
      assign wave = feed ? control : '0;
    end else begin : below
      delay_line #(.WIDTH(4), .DELAY(1)) u_control (
        .clk, .reset, .first(skew[r-1].wave), .last(wave)
      );
    end
  end

  // Column c of a row of the tile waits in c registers.
  for (genvar c = 0; c < COLUMNS; c++) begin : weight_skew
    logic [7:0] entering;
    logic [7:0] weight;

    assign entering = shift == '0 ? '0 : weight_row[c*8+:8];
    delay_line #(.WIDTH(8), .DELAY(c)) u_weight (.clk, .reset, .first(entering), .last(weight));
  end

  for (genvar r = 0; r < ROWS; r++) begin : cells
    for (genvar c = 0; c < COLUMNS; c++) begin : column
      logic signed [8:0]  activation_in, activation;
      logic        [3:0]  wave_in, wave;
      logic        [1:0]  shift_enable_in, shift_enable;
      logic        [15:0] weight_in, shadow_weight;
      logic signed [31:0] sum_in, partial_sum;

      if (c == 0) begin : left
        assign activation_in = skew[r].activation;
        assign wave_in = skew[r].wave;
        assign shift_enable_in = edge_enable[r*2+:2];
      end else begin : inner
        assign activation_in = cells[r].column[c-1].activation;
        assign wave_in = cells[r].column[c-1].wave;
        assign shift_enable_in = cells[r].column[c-1].shift_enable;
      end
      if (r == 0) begin : top
        // Both bytes are offered; the shift enable says which of them is taken.
        assign weight_in = {2{weight_skew[c].weight}};
        assign sum_in = '0;
      end else begin : below
        assign weight_in = cells[r-1].column[c].shadow_weight;
        assign sum_in = cells[r-1].column[c].partial_sum;
      end
      pe u_pe (
        .clk, .reset, .activation_in, .control_in(wave_in), .shift_enable_in, .weight_in, .sum_in,
        .activation, .control(wave), .shift_enable, .shadow_weight, .partial_sum
      );
    end
  end

  // Column c of the sums waits in COLUMNS-1-c registers, so that a whole row leaves at once.
  for (genvar c = 0; c < COLUMNS; c++) begin : deskew
    delay_line #(.WIDTH(32), .DELAY(COLUMNS-1-c)) u_sum (
      .clk, .reset, .first(cells[ROWS-1].column[c].partial_sum), .last(sums[c*32+:32])
    );
  end
  assign sums_control = cells[ROWS-1].column[COLUMNS-1].wave;
endmodule

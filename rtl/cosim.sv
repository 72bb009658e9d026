// For the cosimulation only: one of the two codings, and a view of all its registers. A rising edge
// of `probe` copies the registers to the outputs; without one they cost nothing.
//
// Cells are row-major [ROWS, COLUMNS]. Register d of delay line n, which has n registers, is
// element n*(n-1)/2+d of its triangle; d = 0 is the newest. A triangle without registers has one
// element.
//
//   FLAT   0 for mxu, 1 for mxu_flat
module cosim #(
  parameter int ROWS = 4,
  parameter int COLUMNS = 4,
  parameter bit FLAT = 0,
  localparam int CELLS = ROWS * COLUMNS,
  localparam int ROW_TRIANGLE = ROWS > 1 ? ROWS * (ROWS - 1) / 2 : 1,
  localparam int COLUMN_TRIANGLE = COLUMNS > 1 ? COLUMNS * (COLUMNS - 1) / 2 : 1
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
  output logic [3:0]            sums_control,

  input  logic                  probe,
  output int                    partial_sum[0:CELLS-1],
  output int                    sum_deskew[0:COLUMN_TRIANGLE-1],
  output shortint               activation[0:CELLS-1],
  output shortint               active_weight[0:CELLS-1],
  output shortint               shadow_weight[0:CELLS-1],
  output shortint               activation_skew[0:ROW_TRIANGLE-1],
  output byte                   wave[0:CELLS-1],
  output byte                   shift_enable[0:CELLS-1],
  output byte                   weight_skew[0:COLUMN_TRIANGLE-1]
);
  if (FLAT) begin : flat
    mxu_flat #(.ROWS(ROWS), .COLUMNS(COLUMNS)) dut (
      .clk, .reset, .feed, .row, .row_signed, .control, .shift, .shift_first, .weight_row,
      .sums, .sums_control
    );

    always_ff @(posedge probe) begin
      for (int i = 0; i < CELLS; i++) begin
        activation[i] = dut.activation[CELLS-1-i];
        wave[i] = dut.wave[CELLS-1-i];
        shift_enable[i] = dut.shift_enable[CELLS-1-i];
        active_weight[i] = dut.active_weight[CELLS-1-i];
        shadow_weight[i] = dut.shadow_weight[CELLS-1-i];
        partial_sum[i] = dut.partial_sum[CELLS-1-i];
      end
      for (int i = 0; i < ROW_TRIANGLE; i++)
        activation_skew[i] = dut.activation_skew[ROW_TRIANGLE-1-i];
      for (int i = 0; i < COLUMN_TRIANGLE; i++) begin
        weight_skew[i] = dut.weight_skew[COLUMN_TRIANGLE-1-i];
        sum_deskew[i] = dut.sum_deskew[COLUMN_TRIANGLE-1-i];
      end
    end
  end else begin : modules
    mxu #(.ROWS(ROWS), .COLUMNS(COLUMNS)) dut (
      .clk, .reset, .feed, .row, .row_signed, .control, .shift, .shift_first, .weight_row,
      .sums, .sums_control
    );

    for (genvar r = 0; r < ROWS; r++) begin : cells
      for (genvar c = 0; c < COLUMNS; c++) begin : column
        always_ff @(posedge probe) begin
          activation[r*COLUMNS+c] = 16'(dut.cells[r].column[c].u_pe.activation);
          wave[r*COLUMNS+c] = 8'(dut.cells[r].column[c].u_pe.control);
          shift_enable[r*COLUMNS+c] = 8'(dut.cells[r].column[c].u_pe.shift_enable);
          active_weight[r*COLUMNS+c] = dut.cells[r].column[c].u_pe.active_weight;
          shadow_weight[r*COLUMNS+c] = dut.cells[r].column[c].u_pe.shadow_weight;
          partial_sum[r*COLUMNS+c] = dut.cells[r].column[c].u_pe.partial_sum;
        end
      end
    end
    for (genvar n = 1; n < ROWS; n++) begin : rows
      for (genvar d = 0; d < n; d++) begin : stage
        always_ff @(posedge probe) activation_skew[n*(n-1)/2+d] =
          16'(signed'(dut.skew[n].u_activation.line.stages[d*9+:9]));
      end
    end
    for (genvar n = 1; n < COLUMNS; n++) begin : columns
      for (genvar d = 0; d < n; d++) begin : stage
        always_ff @(posedge probe) begin
          weight_skew[n*(n-1)/2+d] = dut.weight_skew[n].u_weight.line.stages[d*8+:8];
          sum_deskew[n*(n-1)/2+d] = dut.deskew[COLUMNS-1-n].u_sum.line.stages[d*32+:32];
        end
      end
    end
  end
endmodule

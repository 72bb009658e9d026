// The shift enables of the left edge. A tile shifts in during ROWS consecutive cycles, its last row
// first. Row r of the array is enabled from r cycles after the first of them to the last: then its
// cells hold row r of the tile, and the wave that switches to it may enter in the next cycle.
//
// Since row r may be that late, the next tile can follow the wave of the switch down the array: it
// may begin in the very cycle in which the row that switches is fed.
//
//   shift        bit 0: a row of low bytes enters in this cycle; bit 1: a row of high bytes;
//                both 0: none
//   shift_first  it is the first one of a tile, or of a half of a wide tile
//   enable       of the first cell of every row, in this very cycle
module shift_edge #(
  parameter int ROWS = 256
) (
  input  logic              clk,
  input  logic              reset,
  input  logic [1:0]        shift,
  input  logic              shift_first,
  output logic [ROWS*2-1:0] enable
);
  // A thermometer: how many rows the tile has reached, in this cycle and in the one before.
  logic [ROWS-1:0] reached;
  logic [ROWS-1:0] reached_before;

  always_comb begin
    reached = (reached_before << 1) | ROWS'(1);
    if (shift_first) reached = ROWS'(1);
    if (shift == '0) reached = '0;
    for (int r = 0; r < ROWS; r++) enable[r*2+:2] = reached[r] ? shift : '0;
  end

  always_ff @(posedge clk) reached_before <= reset ? '0 : reached;
endmodule

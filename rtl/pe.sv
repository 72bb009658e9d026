// One cell of the array: a multiplier with its registers.
//
// Per cycle the cell takes what its left neighbour offers (activation, control wave, shift enable)
// and what its upper neighbour offers (partial sum, shadow weight), all of them registers of those
// neighbours. The names without _in are the registers of this cell: valid from the next cycle on.
//
//   activation     9 bits, signed: the numbers -128..255 of a signed or an unsigned byte
//   control        travels with the activation
//                    bit 0  switch to the shadow weight, before this activation is multiplied
//                    bit 1  the byte of the weight is signed
//                    bit 2  multiply the high byte of the weight, not the low one
//                    bit 3  the activation is a high byte: for whoever adds the sums up, not for us
//   shift_enable   bit 0: the low byte of weight_in moves into the shadow weight; bit 1: the high
//   shadow_weight  16 bits, also the register through which the weights of the cells below pass
//   active_weight  16 bits, the weight that multiplies
//   partial_sum    32 bits, signed, wraps
module pe (
  input  logic               clk,
  input  logic               reset,
  input  logic signed [8:0]  activation_in,
  input  logic        [3:0]  control_in,
  input  logic        [1:0]  shift_enable_in,
  input  logic        [15:0] weight_in,
  input  logic signed [31:0] sum_in,
  output logic signed [8:0]  activation,
  output logic        [3:0]  control,
  output logic        [1:0]  shift_enable,
  output logic        [15:0] shadow_weight,
  output logic signed [31:0] partial_sum
);
  localparam int SWITCH = 0;
  localparam int SIGNED_WEIGHT = 1;
  localparam int HIGH_WEIGHT = 2;

  logic        [15:0] active_weight;
  logic        [15:0] weight_word;
  logic        [7:0]  weight_byte;
  logic signed [8:0]  weight;

  // The row that carries the switch already meets the new weight, as it was before this shift.
  assign weight_word = control_in[SWITCH] ? shadow_weight : active_weight;
  assign weight_byte = control_in[HIGH_WEIGHT] ? weight_word[15:8] : weight_word[7:0];
  assign weight = {control_in[SIGNED_WEIGHT] & weight_byte[7], weight_byte};

  always_ff @(posedge clk) begin
    if (reset) begin
      activation <= '0;
      control <= '0;
      shift_enable <= '0;
      active_weight <= '0;
      shadow_weight <= '0;
      partial_sum <= '0;
    end else begin
      activation <= activation_in;
      control <= control_in;
      shift_enable <= shift_enable_in;
      active_weight <= weight_word;
      if (shift_enable_in[0]) shadow_weight[7:0] <= weight_in[7:0];
      if (shift_enable_in[1]) shadow_weight[15:8] <= weight_in[15:8];
      partial_sum <= sum_in + 32'(activation_in) * 32'(weight);
    end
  end
endmodule

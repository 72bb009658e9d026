/**
 * Deliberate faults of the RTL, each of which the cosimulation must find:
 *   name     what is wrong, in plain words
 *   file     where, in rtl/
 *   find     the text to replace; it occurs exactly once
 *   replace  what stands there instead
 */
export const faults = [
  {
    name: 'a cell switches a cycle late',
    file: 'pe.sv',
    find: 'control_in[SWITCH] ? shadow_weight : active_weight;',
    replace: 'control[SWITCH] ? shadow_weight : active_weight;',
  },
  {
    name: 'the row that switches still meets the old weight',
    file: 'pe.sv',
    find: 'control_in[HIGH_WEIGHT] ? weight_word[15:8] : weight_word[7:0];',
    replace: 'control_in[HIGH_WEIGHT] ? active_weight[15:8] : active_weight[7:0];',
  },
  {
    name: 'a cell takes the shadow weight after its shift',
    file: 'pe.sv',
    find: 'control_in[SWITCH] ? shadow_weight : active_weight;',
    replace: `!control_in[SWITCH] ? active_weight : {
    shift_enable_in[1] ? weight_in[15:8] : shadow_weight[15:8],
    shift_enable_in[0] ? weight_in[7:0] : shadow_weight[7:0]
  };`,
  },
  {
    name: 'all weights are unsigned',
    file: 'pe.sv',
    find: '{control_in[SIGNED_WEIGHT] & weight_byte[7], weight_byte}',
    replace: "{1'b0, weight_byte}",
  },
  {
    name: 'all weights are signed',
    file: 'pe.sv',
    find: '{control_in[SIGNED_WEIGHT] & weight_byte[7], weight_byte}',
    replace: '{weight_byte[7], weight_byte}',
  },
  {
    name: 'activations have 8 bits',
    file: 'pe.sv',
    find: "32'(activation_in) *",
    replace: "32'(signed'(activation_in[7:0])) *",
  },
  {
    name: 'the high byte of a weight is ignored',
    file: 'pe.sv',
    find: 'control_in[HIGH_WEIGHT] ? weight_word[15:8] : weight_word[7:0];',
    replace: 'weight_word[7:0];',
  },
  {
    name: 'no carry into the upper half of a sum',
    file: 'pe.sv',
    find: "partial_sum <= sum_in + 32'(activation_in) * 32'(weight);",
    replace: "partial_sum <= {sum_in[31:16], 16'(sum_in + 32'(activation_in) * 32'(weight))};",
  },
  {
    name: 'the high half of a tile overwrites the low bytes',
    file: 'pe.sv',
    find: 'if (shift_enable_in[0]) shadow',
    replace: 'if (shift_enable_in != 0) shadow',
  },
  {
    name: 'the control bits skip a cell',
    file: 'mxu.sv',
    find: 'wave_in = cells[r].column[c-1].wave;',
    replace: 'wave_in = cells[r].column[c > 1 ? c-2 : 0].wave;',
  },
  {
    name: 'the active weight survives a reset',
    file: 'pe.sv',
    find: "      active_weight <= '0;\n",
    replace: '',
  },
  {
    name: 'all rows of the left edge are enabled at once',
    file: 'shift_edge.sv',
    find: "reached = (reached_before << 1) | ROWS'(1);",
    replace: "reached = '1;",
  },
  {
    name: 'a tile that follows at once does not begin at the first row',
    file: 'shift_edge.sv',
    find: "if (shift_first) reached = ROWS'(1);",
    replace: '',
  },
  {
    name: 'activations leave the skew a register early',
    file: 'mxu.sv',
    find: 'assign activation_in = skew[r].activation;',
    replace: `if (r > 1) assign activation_in = skew[r].u_activation.line.stages[(r-2)*9+:9];
        else assign activation_in = skew[r].activation;`,
  },
  {
    name: 'weights leave the skew a register early',
    file: 'mxu.sv',
    find: 'assign weight_in = {2{weight_skew[c].weight}};',
    replace: `if (c > 1) assign weight_in = {2{weight_skew[c].u_weight.line.stages[(c-2)*8+:8]}};
        else assign weight_in = {2{weight_skew[c].weight}};`,
  },
  {
    name: 'sums leave the de-skew a register early',
    file: 'mxu.sv',
    find: `.last(sums[c*32+:32])
    );`,
    replace: `.last()
    );
    if (c < COLUMNS-2) assign sums[c*32+:32] = u_sum.line.stages[(COLUMNS-3-c)*32+:32];
    else if (c < COLUMNS-1) assign sums[c*32+:32] = u_sum.line.stages[31:0];
    else assign sums[c*32+:32] = cells[ROWS-1].column[c].partial_sum;`,
  },
  {
    name: 'the sums of the row above the last leave the array',
    file: 'mxu.sv',
    find: '.first(cells[ROWS-1].column[c].partial_sum)',
    replace: '.first(cells[ROWS-1].column[c].sum_in)',
  },
  {
    name: 'the control bits of a row leave before its sums',
    file: 'mxu.sv',
    find: 'assign sums_control = cells[ROWS-1].column[COLUMNS-1].wave;',
    replace: 'assign sums_control = cells[ROWS-1].column[COLUMNS-1].wave_in;',
  },
  {
    name: 'the control bits reach the last row a cycle early',
    file: 'mxu.sv',
    find: '.WIDTH(4), .DELAY(1)) u_control',
    replace: '.WIDTH(4), .DELAY(r == ROWS-1 ? 0 : 1)) u_control',
  },
  {
    name: 'a row enters the array though none is fed',
    file: 'mxu.sv',
    find: "assign entering = feed ? {row_signed & row[r*8+7], row[r*8+:8]} : '0;",
    replace: 'assign entering = {row_signed & row[r*8+7], row[r*8+:8]};',
  },
  {
    name: 'weights enter the delay lines though none shift',
    file: 'mxu.sv',
    find: "assign entering = shift == '0 ? '0 : weight_row[c*8+:8];",
    replace: 'assign entering = weight_row[c*8+:8];',
  },
  {
    name: 'flat: the sum comes from the upper right',
    file: 'mxu_flat.sv',
    find: 'partial_sum[i] = partial_sum[i+COLUMNS]',
    replace: 'partial_sum[i] = partial_sum[i+COLUMNS-1]',
  },
  {
    name: 'flat: the shadow weights shift into both bytes',
    file: 'mxu_flat.sv',
    find: 'return {{8{enable[1]}}, {8{enable[0]}}};',
    replace: 'return {16{enable != 0}};',
  },
  {
    name: 'flat: delay lines run into each other',
    file: 'mxu_flat.sv',
    find: 'for (int unsigned n = 1; n < COLUMNS; n++)\n        sum_deskew[',
    replace: 'for (int unsigned n = 1; n < COLUMNS - 1; n++)\n        sum_deskew[',
  },
];

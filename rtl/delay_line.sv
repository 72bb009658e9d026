// A delay line: `last` is `first` of DELAY cycles ago. With DELAY 0 it is a wire.
//
//   WIDTH   bits
//   DELAY   cycles, and registers: the lowest WIDTH bits of `stages` are the newest value
module delay_line #(
  parameter int WIDTH = 8,
  parameter int DELAY = 1
) (
  input  logic             clk,
  input  logic             reset,
  input  logic [WIDTH-1:0] first,
  output logic [WIDTH-1:0] last
);
  if (DELAY == 0) begin : wire_only
    assign last = first;
  end else begin : line
    logic [DELAY*WIDTH-1:0] stages;

    always_ff @(posedge clk) begin
      if (reset) begin
        stages <= '0;
      end else begin
        stages <= (DELAY*WIDTH)'({stages, first});
      end
    end
    assign last = stages[(DELAY-1)*WIDTH+:WIDTH];
  end
endmodule

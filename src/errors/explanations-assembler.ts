import type { DiagnosticCode } from './codes.ts';
import type { ExplanationText } from './explanations.ts';

type AssemblerCode = Extract<DiagnosticCode, `A${string}`>;

/** Diagnostics of the assembler; each wrong example gives its code, each right one assembles. */
export const assemblerExplanations: Readonly<Record<AssemblerCode, ExplanationText>> = {
  A101: {
    text: 'Names are letters, digits, _ and points; everything else that may stand in a program is an operator, a comma, a bracket, a number or a string. Outside strings and comments only ASCII is read, so a sign that was pasted from a text, such as – for -, is found here. Escapes in strings are \\n, \\t, \\\\ and \\".',
    wrong: 'debug_tag $10',
    right: 'debug_tag 10',
  },
  A102: {
    text: 'A string ends on the line on which it begins. A comment in /* */ may go over several lines, but must end in the file in which it begins.',
    wrong: '.matrix a, int8[8, 8], activations, file="a.csv',
    right: '.matrix a, int8[8, 8], activations, file="a.csv"',
  },
  A103: {
    text: 'Numbers are decimal, 0x… hexadecimal, 0b… binary or 0o… octal; _ may separate digits, and K, M or G behind a number multiplies it by 2^10, 2^20 or 2^30. Beyond 2^53 numbers are no longer exact and are refused. Reals have a point or an exponent.',
    wrong: 'debug_tag 0x1G',
    right: 'debug_tag 0x1F',
  },
  A104: {
    text: 'The first word of a statement is an instruction, a directive that begins with a point, or the name of a macro that was defined above. Mnemonics may be written in upper or lower case. `systole isa` lists the instructions.',
    wrong: 'matrix_multply ub=0, acc=0, rows=8',
    right: 'matrix_multiply ub=0, acc=0, rows=8',
  },
  A105: {
    text: 'A statement is one line: a mnemonic or directive, then its operands with commas between them. The diagnostic points at the first thing that does not fit, and what it names as expected could stand there. Often something before it is missing: a comma, a closing bracket, an operator.',
    wrong: '.buffer x 256',
    right: '.buffer x, 256',
  },
  A106: {
    text: 'Operands are named as in the manual of the instruction, or stand without names in the order of its fields. This one is neither: a name that the instruction does not have, or one value more than it takes.',
    wrong: 'read_weights tile=0, row=3',
    right: 'read_weights tile=0, rows=3',
  },
  A107: {
    text: 'Operands with a default may be left out, this one has none. `systole isa` with the mnemonic shows which operands an instruction needs.',
    wrong: 'matrix_multiply ub=0, switch',
    right: 'matrix_multiply ub=0, acc=0, rows=8, switch',
  },
  A108: {
    text: 'An operand has one value. A value without a name takes the next operand that needs one, so naming that one again gives it twice.',
    wrong: 'debug_tag 1, tag=2',
    right: 'debug_tag 2',
  },
  A109: {
    text: 'Every field of an instruction has a number of bits, and some a smallest value. Values outside do not wrap around: they are refused. What also depends on the machine, such as the number of accumulator rows that it has, is checked when the program runs.',
    wrong: 'matrix_multiply ub=0, acc=65536, rows=8',
    right: 'matrix_multiply ub=0, acc=4088, rows=8',
  },
  A110: {
    text: 'A name must be defined before the line that uses it: by .equ, .set, .matrix, .parameters, .buffer, .accumulators or as an argument of a macro. Names distinguish upper and lower case. Matrices bring more names with them, such as a.rows, a.columns, a.bytes and a.k_blocks.',
    wrong: '.buffer input, 256\ndebug_tag imput',
    right: '.buffer input, 256\ndebug_tag input',
  },
  A111: {
    text: 'A name has one meaning in a whole program. Only .set may give a new value to a name that .set has defined. Names of registers, machine values and operators are reserved.',
    wrong: '.equ x, 1\n.equ x, 2',
    right: '.set x, 1\n.set x, 2',
  },
  A112: {
    text: 'Expressions are computed with whole numbers up to 2^53 in size. Division drops the fraction, division by zero has no value, and nothing wraps around. Reals may stand only where one real is wanted, such as a scale.',
    wrong: 'debug_tag 6 / (3 - 3)',
    right: 'debug_tag 6 / 3',
  },
  A113: {
    text: 'The Unified Buffer address of a matrix instruction is stored in units of 8 bytes. That of matrix_multiply must also begin a row of the buffer, which depends on the machine and is checked when the program runs. Buffers that .buffer lays out are aligned to rows.',
    wrong: 'matrix_multiply ub=12, acc=0, rows=8',
    right: 'matrix_multiply ub=0, acc=0, rows=8',
  },
  A114: {
    text: 'Each operand fits its field, but not the others: a rule that the operation does not have, a function for a type that cannot have it, rows of results that would overlap. The message names what goes together.',
    wrong:
      'vector operation=add, rule=f, a=0, b=8, rows=1, columns=8, ub=16, a_type=int8, type=int8',
    right:
      'vector operation=add, rule=d, a=0, b=8, rows=1, columns=8, ub=16, a_type=int8, type=int8',
  },
  A115: {
    text: 'The machine dispatches instructions until halt, and halt lets what was dispatched come to its end. Without it a program would run into nothing. Instructions behind halt do not exist.',
    wrong: 'nop',
    right: 'nop\nhalt',
  },
  A116: {
    text: '.rept needs .endr, .macro needs .endm, and .if, .ifdef and .ifndef need .endif, in the same file and in the reverse order of their beginnings. .else and .elseif stand within an .if.',
    wrong: '.rept 3\nnop',
    right: '.rept 3\nnop\n.endr',
  },
  A117: {
    text: 'A macro is called with a value for each of its parameters that has no default; they may be named. A macro may call others, up to 64 deep: one that calls itself without an .if around it never ends.',
    wrong: '.macro tag value\ndebug_tag \\value\n.endm\ntag',
    right: '.macro tag value\ndebug_tag \\value\n.endm\ntag 7',
  },
  A118: {
    text: 'The path of .include is relative to the file in which it stands. The file must exist and be readable, and must not include itself, directly or through another.',
    wrong: '.include "nothing.tpu"',
    right: '.include "macros.tpu"',
  },
  A119: {
    text: 'The assembler limits what it accepts, so that no text makes it run for ever: 2^20 instructions, 2^22 statements after expansion, expressions and blocks nested to a depth. Nearly always a .rept counts too far. Many equal steps are better written with the operand repeat, which costs one instruction.',
    wrong: '.rept 5_000_000\nnop\n.endr',
    right: 'set_config step.ub, 256\nread_host_memory host=0, ub=0, bytes=256, repeat=200',
  },
  A120: {
    text: 'Addresses, tiles and blocks depend on the size of the array, so .machine stands once, before every instruction and every declaration that depends on it. Comments, .equ and .macro may stand before it.',
    wrong: 'nop\n.machine tpu-tiny',
    right: '.machine tpu-tiny\nnop',
  },
  A121: {
    text: 'A matrix is declared as .matrix name, type[rows, columns], role. Activations and weights are int8, uint8, int16 or uint16, results int32, int16, int8 or uint8, constants of any type. Activations and results may be packed. Rows and columns are positive whole numbers.',
    wrong: '.matrix a, int9[3, 4], activations',
    right: '.matrix a, int8[3, 4], activations',
  },
  A122: {
    text: '.expect says what an output should be: .expect c = matmul(a, b) + bias, with scale= or with rule=, multiplier= and shift=, with zero_point=, clamp= and relu for 8 and 16 bits; or .expect c = d, with constants d of its type and shape. The columns of a are the rows of b, and the product has the shape and type that c was declared with. Biases, scales, multipliers and shifts that are matrices are constants of one row with a value for each column, in .parameters too. A wide read_weights reads a tile of low bytes and the one of high bytes behind it, of a matrix of 16-bit weights.',
    wrong:
      '.matrix a, int8[3, 4], activations\n.matrix b, int8[5, 6], weights\n.expect c = matmul(a, b)',
    right:
      '.matrix a, int8[3, 4], activations\n.matrix b, int8[4, 6], weights\n.expect c = matmul(a, b)',
  },
  A123: {
    text: 'Host memory, Weight Memory, the Unified Buffer and the Accumulators are filled in the order of the declarations. What is declared here does not fit behind what was declared before. Use a buffer for several purposes, work on parts, or choose a larger memory with .machine.',
    wrong: '.machine tpu-tiny\n.buffer x, 40K',
    right: '.machine tpu-tiny\n.buffer x, 32K',
  },
  A124: {
    text: 'The program itself found something wrong and says so with .error, usually under an .if that looks at the machine or at the arguments of a macro. Its text says what is wanted.',
    wrong: '.if mxu.rows > 128\n.error "written for at most 128 rows"\n.endif',
    right:
      '.machine tpu-v1, mxu.rows=128\n.if mxu.rows > 128\n.error "written for at most 128 rows"\n.endif',
  },
};

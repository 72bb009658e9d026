import type { DiagnosticCode } from './codes.ts';
import type { ExplanationText } from './explanations.ts';

type FileCode = Exclude<DiagnosticCode, `A${string}`>;

/** Diagnostics of object files, matrices and configurations. */
export const fileExplanations: Readonly<Record<FileCode, ExplanationText>> = {
  O201: {
    text: 'An object file begins with the word SYSTOLE and ends where its header says, with a checksum over everything in between. This file does not: it is something else, was cut off, or was changed after it was written.',
    wrong: 'systole disasm matmul.tpu',
    right: 'systole asm matmul.tpu\nsystole disasm matmul.tpuo',
  },
  O202: {
    text: 'The format of object files has a version, and this file has another than this Systole reads. The source assembles again.',
    wrong: 'systole run from-another-version.tpuo',
    right: 'systole asm matmul.tpu\nsystole run matmul.tpuo',
  },
  O203: {
    text: 'The file is whole, but what it says cannot be: a matrix outside its memory, an expectation of something that is not declared, a program without halt, or metadata in another form than the assembler writes. It was made by hand or by another tool.',
    wrong: 'systole run made-by-hand.tpuo',
    right: 'systole asm matmul.tpu\nsystole run matmul.tpuo',
  },
  O204: {
    text: 'The code of the file holds bytes that are no instruction: an unknown opcode, a field outside its range, bits that must be zero and are not, or an instruction that the file cuts off. `systole isa` shows the encoding.',
    wrong: 'systole disasm made-by-hand.tpuo',
    right: 'systole asm matmul.tpu --listing',
  },
  O205: {
    text: 'The addresses in an object file were computed for an array of certain rows and columns, and would mean something else on another. Everything else of the configuration may be changed when an object file runs. For another array, assemble the source again.',
    wrong: 'systole run matmul.tpuo --set mxu.rows=128',
    right: 'systole run matmul.tpu --set mxu.rows=128\nsystole run matmul.tpuo --set clockHz=1GHz',
  },
  L301: {
    text: 'The file does not exist, is a folder, or may not be read. Files that a program names lie relative to the program, files of --in, --config and other flags relative to the working directory.',
    wrong: 'systole run matmul.tpu --in a=nothing.npy',
    right: 'systole run matmul.tpu --in a=data/a.npy',
  },
  L302: {
    text: 'A .npy file has a header with type, order and shape, and then exactly the bytes that these take. This one has a broken header, fewer bytes or more. Nothing of it was loaded. It was often cut off while it was copied, or written with pickle.',
    wrong: 'systole run matmul.tpu --in a=half-copied.npy',
    right: "numpy.save('a.npy', a)",
  },
  L303: {
    text: 'Matrices hold int8, uint8, int16, uint16, int32 or float32, little-endian. Operands of systole gemm have 8 or 16 bits. numpy makes int64 and float64 unless it is told otherwise.',
    wrong: "numpy.save('a.npy', numpy.arange(64).reshape(8, 8))",
    right: "numpy.save('a.npy', numpy.arange(64, dtype=numpy.int8).reshape(8, 8))",
  },
  L304: {
    text: 'The file holds a matrix of other rows or columns than the program declares. A vector of n values counts as one row; of an array of more dimensions the last one counts as the columns, the others together as the rows. Nothing is cut off, filled up or transposed silently.',
    wrong: '.matrix a, int8[8, 16], activations, file="8x8.csv"',
    right: '.matrix a, int8[8, 8], activations, file="8x8.csv"',
  },
  L305: {
    text: 'The file holds values of another type than the program declares. Values are not converted, because 200 as uint8 and -56 as int8 are the same byte. Declare the type of the file, and let the matrix instruction read it as that.',
    wrong: '.matrix a, int8[8, 8], activations, file="uint8.npy"',
    right:
      '.matrix a, uint8[8, 8], activations, file="uint8.npy"\n    matrix_multiply ub=x, acc=0, rows=8, activations=uint8',
  },
  L306: {
    text: 'A .csv file has one row of the matrix on each line, with commas, semicolons, tabs or blanks between the values, the same everywhere. Every row has as many values as the first, and each value lies in the range of the declared type. # begins a comment.',
    wrong: '1,2,3\n4,5',
    right: '1,2,3\n4,5,6',
  },
  L307: {
    text: 'Everything but results needs values before the program runs. Name a file where the matrix is declared, or give one with --in.',
    wrong: 'systole run matmul.tpu',
    right: 'systole run matmul.tpu --in a=a.npy --in b=b.npy',
  },
  L308: {
    text: 'The names in --in, --out and --expect are those of .matrix in the program. --in gives values to activations, weights and constants; --out and --expect are about results.',
    wrong: 'systole run matmul.tpu --out result=c.npy',
    right: 'systole run matmul.tpu --out c=c.npy',
  },
  L309: {
    text: 'A matrix reaches beyond host memory or Weight Memory. Matrices take more room there than in their file: rows are filled up to the width of the Unified Buffer, and weights to whole tiles. Choose larger memories, or split the product.',
    wrong: 'systole gemm 64x1024x512 --config tpu-tiny',
    right: 'systole gemm 64x1024x512 --config tpu-tiny --set weightMemory.bytes=1MiB',
  },
  L310: {
    text: 'The file cannot be written: its folder does not exist or may not be written, a folder has its name, or the device is full. `systole new` does not replace files. Matrices are written whole or not at all.',
    wrong: 'systole run matmul.tpu --out c=nowhere/c.npy',
    right: 'mkdir results\nsystole run matmul.tpu --out c=results/c.npy',
  },
  L311: {
    text: 'The ending of a file says how it is read and written: .npy for numpy, .csv for text.',
    wrong: 'systole run matmul.tpu --out c=c.txt',
    right: 'systole run matmul.tpu --out c=c.csv',
  },
  L312: {
    text: 'An operator vector is a JSON file of one case: its kind, operands with type, shape, axes and data, parameters, and the expected output. The message says which part is missing or does not fit. docs/operators.md describes all kinds.',
    wrong: 'systole op package.json',
    right: 'systole op conv_case.json',
  },
  L313: {
    text: 'A folder stands for the .json files in it, not for those of folders in it. One without any is taken for a mistake, so that a test of nothing does not pass.',
    wrong: 'systole op src',
    right: 'systole op vectors',
  },
  C401: {
    text: 'Keys are those that `systole config` lists, such as mxu.rows or hostInterface.bandwidth; upper and lower case matter. A configuration file may also write them nested: {"mxu": {"rows": 16}}.',
    wrong: 'systole config --set mxu.row=16',
    right: 'systole config --set mxu.rows=16',
  },
  C402: {
    text: 'Every key has a unit and a range. Sizes may be written with KiB, MiB, GiB or KB, MB, GB, rates with /s behind that or as unlimited, the clock with kHz, MHz or GHz; counts and cycles are plain whole numbers.',
    wrong: 'systole config --set mxu.rows=0',
    right: 'systole config --set mxu.rows=16',
  },
  C403: {
    text: "A preset is a machine with a name: tpu-v1 is the paper's, tpu-tiny a small one for teaching. Any key of it can be changed with --set. What looks like a file is read as a configuration file instead.",
    wrong: 'systole config tpu-v2',
    right: 'systole config tpu-v1',
  },
  C404: {
    text: 'A configuration file is one JSON object: an optional preset, and keys with their values, flat or nested. `systole config --json` prints one. Give it a path or an ending, so that it is not taken for the name of a preset.',
    wrong: 'systole config nothing.json',
    right: 'systole config tpu-v1',
  },
  C405: {
    text: 'Each value is possible, but not together: the Unified Buffer must hold at least one row as wide as the array, and Weight Memory at least one tile.',
    wrong: 'systole config tpu-tiny --set mxu.rows=512 --set mxu.columns=512',
    right:
      'systole config tpu-tiny --set mxu.rows=512 --set mxu.columns=512 --set weightMemory.bytes=1MiB',
  },
};

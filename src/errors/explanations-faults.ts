import type { ExplanationText } from './explanations.ts';
import type { FaultKind } from './machine-fault.ts';

/** Faults of running programs; the wrong examples fault on `tpu-v1`, the right ones do not. */
export const faultExplanations: Readonly<Record<FaultKind, ExplanationText>> = {
  field: {
    text: 'The assembler checks that a value fits its field. Whether the machine can do it is known only when the instruction is dispatched: more columns than the array has, a pitch that lets rows overlap, a clamp whose low end is above its high end, more useful weights than a tile holds, a window of no size or wholly outside its image, a table that was never set, a rule that an operation does not have.',
    wrong: 'activate acc=0, rows=8, columns=300, ub=0, pitch=1200',
    right: 'activate acc=0, rows=8, columns=256, ub=0, pitch=1024',
  },
  alignment: {
    text: 'matrix_multiply reads whole rows of the Unified Buffer; a convolve begins at any multiple of 8. A row has as many bytes as the larger side of the array, rounded up to a multiple of 8: 256 on tpu-v1. With repeat, step.ub must keep the address at the beginning of a row. Buffers that .buffer lays out begin rows.',
    wrong: 'matrix_multiply ub=8, acc=0, rows=4',
    right: 'matrix_multiply ub=256, acc=0, rows=4',
  },
  range: {
    text: 'Addresses do not wrap around. The first byte or row and the last must both lie in the memory: the Unified Buffer, the Accumulators, host memory, or the tiles of Weight Memory. The message names the first and last that the instruction touches and what there is. With repeat, later repetitions reach further.',
    wrong: 'activate acc=4000, rows=200, columns=256, ub=0, pitch=1024',
    right: 'activate acc=3896, rows=200, columns=256, ub=0, pitch=1024',
  },
  overlap: {
    text: 'An instruction reads while it writes, so what it reads and what it writes must be apart, or the same range exactly: in part they would depend on the order of cycles. The results of pool must be wholly apart from its image, whose windows overlap. Here the results of activate would overwrite the parameter block that it is still reading.',
    wrong:
      'set_config activation.parameters, 128\nactivate acc=0, rows=1, columns=256, ub=0, pitch=256, type=int8, parameters',
    right:
      'set_config activation.parameters, 256\nactivate acc=0, rows=1, columns=256, ub=0, pitch=256, type=int8, parameters',
  },
  tile: {
    text: 'The k-th switch of a program takes the k-th tile that it reads, in program order. Here more matrix instructions switch than tiles were read before them. A matrix instruction without switch goes on with the weights of the one before; a repeat with switch takes a tile each time.',
    wrong:
      'read_weights tile=0\nmatrix_multiply ub=0, acc=0, rows=8, switch\nmatrix_multiply ub=0, acc=8, rows=8, switch',
    right:
      'read_weights tile=0, repeat=2\nmatrix_multiply ub=0, acc=0, rows=8, switch\nmatrix_multiply ub=0, acc=8, rows=8, switch',
  },
  width: {
    text: 'Weights of 16 bits take two tiles, and a matrix instruction must read the weights as wide as they were fetched: those it switches to, or without switch those in the array. read_weights of a tile that lies in a declared matrix of 16 bits is wide by itself; elsewhere it takes the flag wide.',
    wrong: 'read_weights tile=0\nmatrix_multiply ub=0, acc=0, rows=8, weights=int16, switch',
    right: 'read_weights tile=0, wide\nmatrix_multiply ub=0, acc=0, rows=8, weights=int16, switch',
  },
  hazard: {
    text: 'With --hazards fault the machine is one without interlocks: an instruction that uses what another pipeline is still working on must have a sync between them that waits for that pipeline. The default, --hazards interlock, waits by itself. The message names both instructions.',
    wrong:
      'read_weights tile=0\nread_host_memory host=0, ub=0, bytes=2048\nmatrix_multiply ub=0, acc=0, rows=8, switch',
    right:
      'read_weights tile=0\nread_host_memory host=0, ub=0, bytes=2048\nsync dma\nmatrix_multiply ub=0, acc=0, rows=8, switch',
  },
  deadlock: {
    text: 'Everything that was dispatched waits for something that never comes. The rules of the machine do not allow it, so this is a bug of Systole and not of the program. Please report it with the program.',
    wrong: '(no program is known)',
    right: '(every program)',
  },
};

import fc from 'fast-check';
import type { Configuration } from '../../src/config/configuration.ts';
import { countRowBytes } from './oracle-operands.ts';
import type { OracleInstruction } from './oracle-state.ts';

/**
 * Random programs for small arrays, as decoded operands: addresses are few, so that instructions
 * depend on each other often, and nearly all of them are legal.
 */

const between = (min: number, max: number) => fc.integer({ min, max });

/** `often` ninety-nine times out of a hundred, otherwise `rarely`. */
function mostly<T>(often: fc.Arbitrary<T>, rarely: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 99, arbitrary: often }, { weight: 1, arbitrary: rarely });
}

/** Where parameter blocks lie: behind what most instructions write. */
const blockByte = 6000;

const repeat = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, between(1, 5));
const flag = between(0, 1);

/** A machine whose array has up to 20 rows and columns and whose memories are small. */
const arbitraryConfiguration: fc.Arbitrary<Configuration> = fc
  .record({
    rows: between(1, 20),
    columns: between(1, 20),
    tiles: between(1, 4),
    weightBandwidth: fc.constantFrom<number | 'unlimited'>('unlimited', 1e9, 5e9, 40e9),
    hostBandwidth: fc.constantFrom<number | 'unlimited'>('unlimited', 1e9, 3e9),
    latency: between(0, 20),
    responseCycles: fc.constantFrom(0, 0, 7, 40),
  })
  .map((c) => ({
    clockHz: 700e6,
    mxu: { rows: c.rows, columns: c.columns },
    unifiedBuffer: { bytes: 8192 },
    weightMemory: { bytes: 32 * c.rows * c.columns, bandwidth: c.weightBandwidth },
    weightFifo: { tiles: c.tiles },
    accumulators: { rows: 64 },
    activationUnit: { latency: c.latency },
    hostInterface: { bandwidth: c.hostBandwidth, responseCycles: c.responseCycles },
    hostMemory: { bytes: 8192 },
  }));

function arbitraryInstruction(configuration: Configuration): fc.Arbitrary<OracleInstruction> {
  const W = countRowBytes(configuration);
  const { rows: R, columns: C } = configuration.mxu;
  const make = (mnemonic: string, operands: Record<string, fc.Arbitrary<number>>) =>
    fc.record(operands).map((values) => ({ definition: { mnemonic }, operands: values }));
  const ubRow = between(0, 12).map((row) => row * W);
  const ub = fc.oneof(ubRow, between(0, 12 * W));
  const acc = mostly(between(0, 16), between(50, 70));
  const rows = fc.oneof(between(1, 4), between(1, 30));
  const dmaUb = fc.oneof({ weight: 5, arbitrary: ub }, between(blockByte - 100, blockByte + 100));
  const plain = { repeat, host: between(0, 200), ub: dmaUb, bytes: between(1, 12 * W) };
  const strided = {
    repeat: fc.constant(1),
    host: between(0, 200),
    ub,
    row_bytes: between(1, W),
    rows: between(1, 6),
    host_pitch: mostly(between(W, 2 * W), between(0, W)),
    ub_pitch: mostly(between(W, 2 * W), between(0, W)),
  };
  const matrix = make('matrix_multiply', {
    switch: flag,
    accumulate: flag,
    activations: flag,
    weights: flag,
    repeat,
    ub: mostly(ubRow, ub),
    acc,
    rows,
  });
  const weights = make('read_weights', {
    repeat,
    tile: between(0, 27),
    rows: between(0, R),
    columns: between(0, C),
    useful: fc.constantFrom(0xffff_ffff, 0, 1),
  });
  const activation = make('activate', {
    type: between(0, 2),
    rule: fc.constant(0),
    function: flag,
    parameters: fc.constantFrom(0, 0, 0, 0, 0, 1),
    repeat,
    acc,
    rows,
    columns: mostly(between(1, C), between(1, C + 1)),
    ub,
    pitch: mostly(fc.constant(4 * C), between(0, 4 * C)),
  });
  const setStep = fc.oneof(
    make('set_config', {
      register: fc.constantFrom(0x00, 0x02),
      value: mostly(fc.constantFrom(0, W, 2 * W), between(0, 2 ** 32 - 1)),
    }),
    make('set_config', { register: fc.constant(0x01), value: between(0, 6) }),
    make('set_config', { register: mostly(fc.constant(0x10), between(0, 255)), value: flag }),
  );
  const setBlock = make('set_config', {
    register: fc.constant(0x14),
    value: mostly(between(blockByte - 100, blockByte + 100), between(0, 8192)),
  });
  return fc.oneof(
    { weight: 6, arbitrary: matrix },
    { weight: 9, arbitrary: weights },
    { weight: 4, arbitrary: activation },
    { weight: 2, arbitrary: make('read_host_memory', plain) },
    { weight: 1, arbitrary: make('write_host_memory', plain) },
    { weight: 1, arbitrary: make('read_host_memory_strided', strided) },
    { weight: 1, arbitrary: make('write_host_memory_strided', strided) },
    { weight: 2, arbitrary: make('sync', { pipelines: between(1, 15) }) },
    { weight: 1, arbitrary: fc.oneof(setStep, setBlock) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('sync_host', 'interrupt_host', 'nop', 'debug_tag')
        .map((mnemonic) => ({
          definition: { mnemonic },
          operands: mnemonic === 'debug_tag' ? { tag: 1 } : {},
        })),
    },
  );
}

/** Clears the switch flag where no tile is left, so that most programs run to their end. */
function supplySwitches(instructions: readonly OracleInstruction[]): OracleInstruction[] {
  let tiles = 0;
  return instructions.map((instruction) => {
    const { mnemonic } = instruction.definition;
    const { operands } = instruction;
    if (mnemonic === 'read_weights') tiles += operands.repeat!;
    if (mnemonic !== 'matrix_multiply' || operands.switch !== 1) return instruction;
    if (tiles < operands.repeat!) return { ...instruction, operands: { ...operands, switch: 0 } };
    tiles -= operands.repeat!;
    return instruction;
  });
}

/** A configuration and a program for it, with a parameter block set and `halt` at its end. */
export const arbitraryProgram: fc.Arbitrary<{
  configuration: Configuration;
  instructions: readonly OracleInstruction[];
}> = arbitraryConfiguration.chain((configuration) =>
  fc
    .record({
      body: fc.array(arbitraryInstruction(configuration), {
        minLength: 1,
        maxLength: 40,
        size: 'max',
      }),
      supplied: mostly(fc.constant(true), fc.constant(false)),
    })
    .map(({ body, supplied }) => ({
      configuration,
      instructions: [
        {
          definition: { mnemonic: 'set_config' },
          operands: { register: 0x14, value: blockByte },
        },
        ...(supplied ? supplySwitches(body) : body),
        { definition: { mnemonic: 'halt' }, operands: {} },
      ],
    })),
);

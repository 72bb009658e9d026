import { describe, expect, it } from 'vitest';
import {
  type CheckResult,
  checkOutputs,
  compileGemm,
  defaultCheck,
  type GemmOperator,
  type GemmRunOptions,
  type Matrix,
  outputsWithoutExpectation,
  type Program,
  randomOperands,
  readOutputs,
  reportRun,
  runGemm,
  type Setting,
  unchecked,
} from '../../src/index.ts';

const plain = { kind: 'gemm', aType: 'int8', bType: 'int8', outputType: 'int32' } as const;

function operatorOf(m: number, k: number, n: number, more: Partial<GemmOperator> = {}) {
  return { ...plain, m, k, n, ...more } satisfies GemmOperator;
}

function compile(operator: GemmOperator, preset: string, settings: readonly Setting[] = []) {
  const { program, diagnostics } = compileGemm(operator, { machine: { preset, settings } });
  expect(diagnostics).toBeUndefined();
  return program!;
}

/** Starts and ends of a timing-only run on tpu-v1. */
async function timesOf(operator: GemmOperator, settings: readonly Setting[] = []) {
  const program = compile(operator, 'tpu-v1', settings);
  const { simulation } = await runGemm(program, operator, new Map(), { timingOnly: true });
  const { instructions } = await reportRun(simulation, unchecked, { instructions: true });
  const named = (mnemonic: string) => instructions!.filter((i) => i.mnemonic === mnemonic);
  const matrix = named('matrix_multiply');
  return {
    firstFeed: matrix[0]!.start!,
    matrixEnd: Math.max(...matrix.map(({ end }) => end!)),
    // The transfer of the first tile starts in the cycle in which it is requested.
    firstTransfer: named('read_weights')[0]!.start!,
  };
}

/** The checks by hand of the rules of time. */
describe('the time of products on tpu-v1', () => {
  it('2048³ with an unlimited host feeds without a bubble', async () => {
    const settings = [{ key: 'hostInterface.bandwidth', value: 'unlimited' }];
    const { firstFeed, matrixEnd } = await timesOf(operatorOf(2048, 2048, 2048), settings);
    // 64 tiles × 2048 rows, and 256 + 256 − 1 cycles until the last row has left the array.
    expect(matrixEnd - firstFeed).toBe(131_072 + 511);
  });

  it('1×2048×2048 waits for nothing but weights', async () => {
    const { firstTransfer, matrixEnd } = await timesOf(operatorOf(1, 2048, 2048));
    // 64 tiles of 1,424 cycles, the shift of the last, its one row, the way through the array.
    expect(matrixEnd - firstTransfer).toBe(64 * 1424 + 256 + 1 + 511);
  });

  it('a zero point of b costs one more sweep and one more tile for each N block', async () => {
    const settings = [{ key: 'hostInterface.bandwidth', value: 'unlimited' }];
    const operator = operatorOf(2048, 512, 512, { outputType: 'int8', bZeroPoint: 3 });
    const { firstFeed, matrixEnd } = await timesOf(operator, settings);
    // 2 N blocks × (2 K blocks of the product + 2 of the correction) × 2048 rows.
    expect(matrixEnd - firstFeed).toBe(8 * 2048 + 511);
  });
});

const ragged: readonly GemmOperator[] = [
  operatorOf(1, 1, 1),
  operatorOf(13, 27, 9, { aType: 'uint8' }),
  operatorOf(70, 50, 33, { outputType: 'int8', scale: 0.001 }),
  operatorOf(9, 30, 17, { bType: 'uint8', aZeroPoint: -5, bZeroPoint: 200 }),
];

/** Small enough that activations are read again. */
const crowded = [{ key: 'unifiedBuffer.bytes', value: 300 }];

describe('a run without values', () => {
  it.each(ragged)('has the cycles and counters of one with values: %j', async (operator) => {
    for (const settings of [[], crowded]) {
      const program = compile(operator, 'tpu-tiny', settings);
      const matrices = randomOperands(operator, 5);
      const full = await runGemm(program, operator, matrices);
      const timing = await runGemm(program, operator, new Map(), { timingOnly: true });
      expect(full.check).toEqual({ checked: 'full', match: true });
      expect(timing.check).toEqual(unchecked);
      expect(timing.simulation.machine.cycle).toBe(full.simulation.machine.cycle);
      expect(timing.simulation.machine.counters).toEqual(full.simulation.machine.counters);
      expect(readOutputs(timing.simulation)).toEqual(new Map());
    }
  });
});

describe('useful multiply-accumulates', () => {
  it.each(ragged)('are those of the product alone: %j', async (operator) => {
    const program = compile(operator, 'tpu-tiny');
    const { simulation } = await runGemm(program, operator, new Map(), { timingOnly: true });
    const { m, k, n } = operator;
    expect(simulation.machine.counters.macs.useful).toBe(m * k * n);
  });
});

/** Ten rows in two K blocks and two N blocks of an 8×8 array. */
const small = operatorOf(10, 12, 11);
const smallOperands = randomOperands(small, 1);

function sumAt(row: number, column: number, fromK = 0): number {
  const [a, b] = [smallOperands.get('a')!, smallOperands.get('b')!];
  let sum = 0;
  for (let k = fromK; k < small.k; k++) {
    sum += a.data[row * small.k + k]! * b.data[k * small.n + column]!;
  }
  return sum;
}

/** The program with one operand of its instruction number `at` of a mnemonic changed. */
function breakProgram(program: Program, mnemonic: string, at: number, change: object): Program {
  const places = program.instructions.flatMap(({ definition }, i) =>
    definition.mnemonic === mnemonic ? [i] : [],
  );
  const broken = program.instructions[places[at]!]!;
  const operands = { ...broken.operands, ...change };
  const instructions = program.instructions.with(places[at]!, { ...broken, operands });
  return { ...program, instructions };
}

describe('the check of a product', () => {
  const run = async (program: Program, options: GemmRunOptions, operator = small) =>
    (await runGemm(program, operator, randomOperands(operator, 1), options)).check;

  it.each<[GemmRunOptions, CheckResult]>([
    [{}, { checked: 'full', match: true }],
    [{ check: 'full' }, { checked: 'full', match: true }],
    [{ check: 'quick' }, { checked: 'quick', match: true }],
    [{ check: 'none' }, unchecked],
    [{ check: 'full', timingOnly: true }, unchecked],
    // The run does not come to its end.
    [{ check: 'full', maxCycles: 100 }, unchecked],
  ])('with %j is %j', async (options, wanted) => {
    expect(await run(compile(small, 'tpu-tiny'), options)).toEqual(wanted);
  });

  it('is full up to 2^29 multiply-accumulates', () => {
    expect(defaultCheck(operatorOf(2 ** 9, 2 ** 10, 2 ** 10))).toBe('full');
    expect(defaultCheck(operatorOf(2 ** 9 + 1, 2 ** 10, 2 ** 10))).toBe('quick');
  });

  it.each<[string, GemmOperator]>([
    ['zero points', { ...small, aZeroPoint: 3 }],
    ['zero points of weights', { ...small, bZeroPoint: -128 }],
    // 33,026 products of 255 × 255 exceed 2^31.
    ['sums that may wrap', operatorOf(1, 33_026, 1, { aType: 'uint8', bType: 'uint8' })],
  ])('is full instead of quick with %s', async (_, operator) => {
    const program = compile(operator, 'tpu-tiny', [{ key: 'weightMemory.bytes', value: '1MiB' }]);
    const check = await run(program, { check: 'quick' }, operator);
    expect(check).toEqual({ checked: 'full', match: true });
  });

  it.each(['full', 'quick'] as const)('%s finds a sum that lost a part', async (checked) => {
    // The last matrix instruction, of columns 8..10, overwrites the sums of the first K block.
    const program = compile(small, 'tpu-tiny');
    const broken = breakProgram(program, 'matrix_multiply', 3, { accumulate: 0 });
    const { simulation, check } = await runGemm(broken, small, smallOperands, { check: checked });
    const { instructions } = await reportRun(simulation, check, { instructions: true });
    const write = instructions!.findLast((i) => i.mnemonic === 'write_host_memory')!;
    expect(check).toEqual({
      checked,
      match: false,
      firstDifference: {
        output: 'c',
        row: 0,
        column: 8,
        expected: sumAt(0, 8),
        got: sumAt(0, 8, 8),
        cycle: write.end! - 1,
        instruction: write.index,
      },
    });
  });

  it.each(['full', 'quick'] as const)('%s finds a single wrong row', async (checked) => {
    // One row less is fed in the last K block of columns 8..10, so that the last row lacks a part.
    const program = compile(small, 'tpu-tiny');
    const broken = breakProgram(program, 'matrix_multiply', 3, { rows: 9 });
    const { check } = await runGemm(broken, small, smallOperands, { check: checked });
    const expected = sumAt(9, 8);
    const got = expected - sumAt(9, 8, 8);
    expect(check).toMatchObject({
      match: false,
      firstDifference: { row: 9, column: 8, expected, got },
    });
  });

  it.each(['full', 'quick'] as const)('%s finds a wrong requantisation', async (checked) => {
    const operator = operatorOf(10, 12, 11, { outputType: 'int8', scale: 2 ** -14, zeroPoint: 5 });
    const program = compile(operator, 'tpu-tiny');
    // The register of the zero point is the second one that is set.
    const broken = breakProgram(program, 'set_config', 1, { value: 6 });
    const { check } = await runGemm(broken, operator, smallOperands, { check: checked });
    // Sums of 12 products are at most 12 × 2^14, so that nothing is clamped.
    const expected = Math.round(sumAt(0, 0) / 2 ** 14) + 5;
    expect(check).toMatchObject({
      checked,
      match: false,
      firstDifference: { output: 'c', row: 0, column: 0, expected, got: expected + 1 },
    });
  });

  it('ends without a result where the caller interrupts the run', async () => {
    // Seconds of work, out of which the run looks up several times a second.
    const operator = operatorOf(600, 256, 256);
    const program = compile(operator, 'tpu-tiny');
    const options = { onProgress: () => false, engine: 'cells' } as const;
    const { simulation, check } = await runGemm(
      program,
      operator,
      randomOperands(operator, 1),
      options,
    );
    expect(simulation.status).toBe('interrupted');
    expect(check).toEqual(unchecked);
  });
});

describe('checkOutputs', () => {
  it('compares with the matrices that it is given', async () => {
    const program = compile(small, 'tpu-tiny');
    const { simulation } = await runGemm(program, small, smallOperands);
    const a = smallOperands.get('a')!;
    const altered = { ...a, data: Int8Array.from(a.data) };
    // The first value of row 3 that meets column 0: a[3, 0] × b[0, 0].
    const b00 = smallOperands.get('b')!.data[0]!;
    expect(b00).not.toBe(0);
    altered.data[3 * small.k]! ^= 1;
    const change = altered.data[3 * small.k]! - a.data[3 * small.k]!;
    const matrices = new Map(smallOperands).set('a', altered);
    expect(checkOutputs(simulation, matrices)).toMatchObject({
      checked: 'full',
      match: false,
      firstDifference: {
        row: 3,
        column: 0,
        expected: sumAt(3, 0) + change * b00,
        got: sumAt(3, 0),
      },
    });
  });

  it('prefers the expected matrix that is given, and says where there is none', async () => {
    const program = compile(small, 'tpu-tiny');
    const { simulation } = await runGemm(program, small, smallOperands);
    const c = readOutputs(simulation).get('c')!;
    const wrong: Matrix = { ...c, data: Int32Array.from(c.data, (value, at) => value + at) };
    const given = checkOutputs(simulation, smallOperands, new Map([['c', wrong]]));
    expect(given.firstDifference).toMatchObject({ row: 0, column: 1, got: c.data[1] });
    const silent = { ...program, expectations: [] };
    expect(checkOutputs({ ...simulation, program: silent }, smallOperands)).toEqual(unchecked);
    expect(outputsWithoutExpectation(silent, new Map())).toEqual(['c']);
    expect(outputsWithoutExpectation(silent, new Map([['c', c]]))).toEqual([]);
    expect(outputsWithoutExpectation(program, new Map())).toEqual([]);
  });
});

describe('randomOperands', () => {
  const operator = operatorOf(40, 40, 40, { aType: 'uint8' });

  it('are the same from the same seed, and others from another', () => {
    expect(randomOperands(operator, 7)).toEqual(randomOperands(operator, 7));
    expect(randomOperands(operator, 7)).not.toEqual(randomOperands(operator, 8));
  });

  it('differ between a and b, and from seed to seed in each', () => {
    const bytes = [7, 8].flatMap((seed) =>
      [...randomOperands(operator, seed).values()].map(({ data }) =>
        new Uint8Array(data.buffer).join(),
      ),
    );
    expect(new Set(bytes).size).toBe(4);
  });

  it('have the types and shapes of the operator, and values of the whole range', () => {
    const { a, b } = Object.fromEntries(randomOperands(operatorOf(50, 60, 70), 3));
    expect(a).toMatchObject({ type: 'int8', rows: 50, columns: 60 });
    expect(b).toMatchObject({ type: 'int8', rows: 60, columns: 70 });
    const unsigned = randomOperands(operator, 3).get('a')!.data;
    expect([Math.min(...a!.data), Math.max(...a!.data)]).toEqual([-128, 127]);
    expect([Math.min(...unsigned), Math.max(...unsigned)]).toEqual([0, 255]);
  });
});

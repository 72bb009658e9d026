import fc from 'fast-check';
import { type Configuration, limitsOf } from '../../src/config/configuration.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { parameterBlockBytes } from '../../src/isa/instructions/activate.ts';
import { makeInstruction } from '../../src/isa/make-instruction.ts';
import { registerNamed } from '../../src/isa/registers.ts';
import { instructionNamed } from '../../src/isa/table.ts';

/** A program with its machine and what its memories hold. */
export interface RandomProgram {
  readonly configuration: Configuration;
  readonly instructions: readonly Instruction[];
  readonly hostMemory: Uint8Array;
  readonly weightMemory: Uint8Array;
}

/** Small on purpose: addresses collide, queues fill, tiles come late. */
const hostBytes = 4096;
const weightTiles = 6;

const shapes: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 3],
  [3, 2],
  [4, 4],
  [8, 8],
  [4, 9],
  [9, 4],
  [5, 1],
  [1, 6],
  [12, 5],
];

const configurations: fc.Arbitrary<Configuration> = fc
  .record({
    shape: fc.constantFrom(...shapes),
    depth: fc.integer({ min: 1, max: 4 }),
    tileCycles: fc.constantFrom(1, 3, 9, 40),
    bytesPerCycle: fc.constantFrom(1, 4, 64),
    latency: fc.constantFrom(0, 1, 4, 16),
    responseCycles: fc.constantFrom(0, 3, 20),
    unlimited: fc.boolean(),
  })
  .map((choice) => {
    const [rows, columns] = choice.shape;
    const rowBytes = Math.ceil(Math.max(rows, columns) / 8) * 8;
    const clockHz = 1000;
    return {
      clockHz,
      mxu: { rows, columns },
      unifiedBuffer: { bytes: 64 * rowBytes },
      weightMemory: {
        bytes: weightTiles * rows * columns,
        bandwidth: Math.max(1, Math.round((rows * columns * clockHz) / choice.tileCycles)),
      },
      weightFifo: { tiles: choice.depth },
      accumulators: { rows: 6 * rows + 8 },
      activationUnit: { latency: choice.latency },
      hostInterface: {
        bandwidth: choice.unlimited ? 'unlimited' : choice.bytesPerCycle * clockHz,
        responseCycles: choice.responseCycles,
      },
      hostMemory: { bytes: hostBytes },
    };
  });

/** Bytes with many of the extremes −128, 127, 255 and 0. */
function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc.integer().map((seed) => {
    const bytes = new Uint8Array(length);
    let state = seed | 1;
    for (let i = 0; i < length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const extremes = [0x80, 0x7f, 0xff, 0];
      bytes[i] = (state & 0x300) === 0 ? extremes[(state >>> 10) & 3]! : state & 0xff;
    }
    return bytes;
  });
}

/** A number of [0, 1) from which an operand is scaled: shrinks towards 0. */
const part = fc.integer({ min: 0, max: 4095 }).map((n) => n / 4096);
const kinds = {
  matrix: 10,
  weights: 7,
  activate: 7,
  readHost: 5,
  writeHost: 5,
  strided: 2,
  register: 4,
  step: 3,
  sync: 3,
  syncHost: 1,
  interrupt: 1,
  tag: 1,
  nop: 1,
} as const;
type Kind = keyof typeof kinds;

const choices = fc.record({
  kind: fc.oneof(
    ...Object.entries(kinds).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind as Kind),
    })),
  ),
  p: fc.array(part, { minLength: 6, maxLength: 6 }),
  bits: fc.integer({ min: 0, max: 255 }),
  repeat: fc.constantFrom(1, 1, 1, 1, 2, 3),
});
type Choice = typeof choices extends fc.Arbitrary<infer T> ? T : never;

const make = (mnemonic: string, operands: Record<string, number>): Instruction =>
  makeInstruction(instructionNamed(mnemonic)!, operands);
/** From those that let sums of 8-bit products through to those that end at a limit. */
const scales = [0.5, 0.01, 1.5, 1e-4, -0.25, 2 ** -8, 2 ** -5, NaN];
const registerOf = (name: string): number => registerNamed(name)!.index;
const float32Bits = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!;

/** Turns choices into instructions that are legal unless `wild`; keeps count of tiles and steps. */
class Writer {
  readonly instructions: Instruction[] = [];
  private tilesRead = 0;
  private tilesTaken = 0;
  private steps = { ub: 0, acc: 0, host: 0 };
  private readonly configuration: Configuration;
  private readonly wild: boolean;

  constructor(configuration: Configuration, wild: boolean) {
    this.configuration = configuration;
    this.wild = wild;
  }

  add(choice: Choice): void {
    const instruction = this[choice.kind](choice);
    if (instruction) this.instructions.push(instruction);
  }

  private get limits() {
    return limitsOf(this.configuration);
  }

  /** A start such that [start, start + length) and every repetition lie inside 0..size. */
  private place(p: number, length: number, size: number, step: number, repeat: number): number {
    const slack = this.wild ? Math.ceil(size / 4) : 0;
    const before = Math.min(0, step * (repeat - 1));
    const after = Math.max(0, step * (repeat - 1));
    const room = size - length - after + before;
    if (room < 0) return this.wild ? 0 : -1;
    // A wild step may lead below 0.
    const first = this.wild && p < 0.1 ? 0 : -before;
    // Few different places, so that instructions meet.
    return Math.floor(p * (Math.min(room, 40) + 1 + slack)) + first;
  }

  private matrix({ p, bits, repeat }: Choice): Instruction | undefined {
    const { rows: r, rowBytes, accumulatorRows, unifiedBufferBytes } = this.limits;
    const rows = 1 + Math.floor(p[0]! ** 2 * 4 * r);
    const stepUb = this.steps.ub;
    const ubRows = Math.floor(unifiedBufferBytes / rowBytes);
    const ubRow = this.place(p[1]!, rows, ubRows, Math.trunc(stepUb / rowBytes), repeat);
    const acc = this.place(p[2]!, rows, accumulatorRows, this.steps.acc, repeat);
    if (ubRow < 0 || acc < 0 || (repeat > 1 && stepUb % rowBytes !== 0)) return undefined;
    const wants = (bits & 3) !== 0;
    const enough = this.tilesTaken + repeat <= this.tilesRead;
    const switches = wants && (enough || this.wild);
    if (switches) this.tilesTaken += repeat;
    return make('matrix_multiply', {
      ub: ubRow * rowBytes,
      acc,
      rows,
      repeat,
      switch: switches ? 1 : 0,
      accumulate: (bits >> 2) & 1,
      activations: (bits >> 3) & 1,
      weights: (bits >> 4) & 1,
    });
  }

  private weights({ p, bits, repeat }: Choice): Instruction {
    const tile = Math.floor(p[0]! * (weightTiles - repeat + 1 + (this.wild ? 2 : 0)));
    this.tilesRead += repeat;
    if ((bits & 1) === 0) return make('read_weights', { tile, repeat });
    const rows = 1 + Math.floor(p[1]! * this.limits.rows);
    const columns = 1 + Math.floor(p[2]! * this.limits.columns);
    const useful = Math.floor(p[3]! * (rows * columns + 1));
    return make('read_weights', { tile, repeat, rows, columns, useful });
  }

  private activate({ p, bits, repeat }: Choice): Instruction | undefined {
    const { columns: c, accumulatorRows, unifiedBufferBytes } = this.limits;
    const rows = 1 + Math.floor(p[0]! * 8);
    const columns = 1 + Math.floor(p[1]! * c);
    const type = Math.floor(p[2]! * 3);
    const bytes = columns * (type === 0 ? 4 : 1);
    const pitch = bytes + (bits & 7);
    const acc = this.place(p[3]!, rows, accumulatorRows, this.steps.acc, repeat);
    const length = (rows - 1) * pitch + bytes;
    // Parameter blocks lie at the start of the Unified Buffer; results of those who use them behind.
    const parameters = (bits >> 3) & 1;
    const first = parameters ? parameterBlockBytes(c) : 0;
    const times = parameters ? 1 : repeat;
    const ub = this.place(p[4]!, length, unifiedBufferBytes - first, this.steps.ub, times);
    if (acc < 0 || ub < 0) return undefined;
    return make('activate', {
      acc,
      rows,
      columns,
      ub: first + ub,
      pitch,
      type,
      function: (bits >> 4) & 1,
      parameters,
      repeat: times,
    });
  }

  private transfer(mnemonic: string, { p, repeat }: Choice): Instruction | undefined {
    const bytes = 1 + Math.floor(p[0]! * 4 * this.limits.rowBytes);
    const host = this.place(p[1]!, bytes, hostBytes, this.steps.host, repeat);
    const ub = this.place(p[2]!, bytes, this.limits.unifiedBufferBytes, this.steps.ub, repeat);
    return host < 0 || ub < 0 ? undefined : make(mnemonic, { host, ub, bytes, repeat });
  }

  private readHost(choice: Choice): Instruction | undefined {
    return this.transfer('read_host_memory', choice);
  }

  private writeHost(choice: Choice): Instruction | undefined {
    return this.transfer('write_host_memory', choice);
  }

  private strided({ p, bits }: Choice): Instruction | undefined {
    const rowBytes = 1 + Math.floor(p[0]! * 12);
    const rows = 1 + Math.floor(p[1]! * 4);
    const hostPitch = rowBytes + (bits & 7);
    const ubPitch = rowBytes + ((bits >> 3) & 7);
    const host = this.place(p[2]!, (rows - 1) * hostPitch + rowBytes, hostBytes, 0, 1);
    const length = (rows - 1) * ubPitch + rowBytes;
    const ub = this.place(p[3]!, length, this.limits.unifiedBufferBytes, 0, 1);
    if (host < 0 || ub < 0) return undefined;
    return make(bits & 64 ? 'read_host_memory_strided' : 'write_host_memory_strided', {
      host,
      ub,
      row_bytes: rowBytes,
      rows,
      host_pitch: hostPitch,
      ub_pitch: ubPitch,
    });
  }

  private register({ p, bits }: Choice): Instruction {
    const low = Math.floor(p[0]! * 300) - 150;
    const values: readonly [string, number][] = [
      ['activation.zero_point', low],
      ['activation.clamp_low', Math.min(low, 0)],
      ['activation.clamp_high', Math.max(low, 0)],
      ['activation.multiplier', float32Bits(scales[bits % scales.length]!)],
      ['activation.parameters', 0],
    ];
    const [name, value] = values[Math.floor(p[1]! * values.length)]!;
    return make('set_config', { register: registerOf(name), value: value >>> 0 });
  }

  private step({ p, bits }: Choice): Instruction {
    const { rowBytes } = this.limits;
    const which = bits % 3;
    const signed = Math.floor(p[0]! * 5) - 1;
    if (which === 0) {
      this.steps.ub = signed * rowBytes + (this.wild && bits & 8 ? 3 : 0);
      return make('set_config', { register: registerOf('step.ub'), value: this.steps.ub >>> 0 });
    }
    if (which === 1) {
      this.steps.acc = Math.max(0, signed);
      return make('set_config', { register: registerOf('step.acc'), value: this.steps.acc });
    }
    this.steps.host = signed * 8;
    return make('set_config', { register: registerOf('step.host'), value: this.steps.host >>> 0 });
  }

  private sync({ bits }: Choice): Instruction {
    return make('sync', { pipelines: 1 + (bits % 15) });
  }

  private syncHost(): Instruction {
    return make('sync_host', {});
  }

  private interrupt(): Instruction {
    return make('interrupt_host', {});
  }

  private tag({ bits }: Choice): Instruction {
    return make('debug_tag', { tag: bits });
  }

  private nop(): Instruction {
    return make('nop', {});
  }
}

/** What a failing test prints: the machine and the program, not its data. */
function describeProgram(configuration: Configuration, list: readonly Instruction[]): string {
  const lines = list.map(
    ({ definition, operands }) => `  ${definition.mnemonic} ${JSON.stringify(operands)}`,
  );
  return `${JSON.stringify(configuration)}\n${lines.join('\n')}`;
}

/** Programs that end without a fault, or, with `wild`, some that break a rule. */
export function randomPrograms(options: {
  wild: boolean;
  maxLength?: number;
}): fc.Arbitrary<RandomProgram> {
  const length = { maxLength: options.maxLength ?? 40, size: 'max' as const };
  return configurations.chain((configuration) =>
    fc
      .tuple(
        fc.array(choices, length),
        bytesOf(hostBytes),
        bytesOf(configuration.weightMemory.bytes),
      )
      .map(([list, hostMemory, weightMemory]) => {
        const writer = new Writer(configuration, options.wild);
        for (const choice of list) writer.add(choice);
        const instructions = [...writer.instructions, make('halt', {})];
        return {
          configuration,
          instructions,
          hostMemory,
          weightMemory,
          [fc.toStringMethod]: () => describeProgram(configuration, instructions),
        };
      }),
  );
}

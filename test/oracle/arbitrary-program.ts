import fc from 'fast-check';
import type { Configuration } from '../../src/config/configuration.ts';
import {
  arbitraryStatement,
  between,
  blockByte,
  mostly,
  setRegister,
  tableByte,
} from './arbitrary-instructions.ts';
import { readImageWindow, walkPool } from './oracle-image.ts';
import { operandIsWide } from './oracle-matrix.ts';
import { pipelineOf } from './oracle-operands.ts';
import { createRegisters } from './oracle-registers.ts';
import type { OracleInstruction } from './oracle-state.ts';

/** Random programs for small machines, nearly all of them legal, as decoded operands. */

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

/**
 * Makes what depends on earlier instructions legal, so that most programs run to their end: switches
 * without a tile, weights of another width than their tile, and windows outside the image.
 */
function repairProgram(instructions: readonly OracleInstruction[]): OracleInstruction[] {
  const tilesAreWide: boolean[] = [];
  let activeIsWide: boolean | undefined;
  const registers = createRegisters();
  return instructions.map((instruction) => {
    const { definition, operands } = instruction;
    const { mnemonic } = definition;
    if (mnemonic === 'set_config') registers.set(operands.register!, operands.value! | 0);
    if (mnemonic === 'read_weights') {
      for (let i = 0; i < operands.repeat!; i++) tilesAreWide.push(operands.wide === 1);
    }
    if (mnemonic === 'pool') {
      const size = findPoolSize(operands, registers);
      if (size === undefined) return { definition: { mnemonic: 'nop' }, operands: {} };
      return { definition, operands: { ...operands, ...size } };
    }
    if (pipelineOf(mnemonic) !== 'matrix') return instruction;
    // Each repetition takes a tile, and all of them have the same weights.
    const repeat = operands.repeat!;
    const taken = tilesAreWide.slice(0, repeat);
    const switches = operands.switch === 1 && taken.length === repeat && new Set(taken).size === 1;
    if (switches) {
      tilesAreWide.splice(0, repeat);
      activeIsWide = taken[0]!;
    }
    const wide = activeIsWide ?? operandIsWide(operands.weights!);
    const weights = (operands.weights! & 1) + (wide ? 2 : 0);
    return { definition, operands: { ...operands, weights, switch: switches ? 1 : 0 } };
  });
}

/** The most output pixels, at most those of the instruction, whose windows all meet the image. */
function findPoolSize(
  operands: OracleInstruction['operands'],
  registers: ReadonlyMap<number, number>,
): { rows: number; columns: number } | undefined {
  const window = readImageWindow(registers);
  for (let rows = operands.rows!; rows > 0; rows--) {
    for (let columns = operands.columns!; columns > 0; columns--) {
      if (walkPool(window, rows, columns).pixels !== undefined) return { rows, columns };
    }
  }
  return undefined;
}

/** A configuration and a program for it, with a block and a table set and `halt` at its end. */
export const arbitraryProgram: fc.Arbitrary<{
  configuration: Configuration;
  instructions: readonly OracleInstruction[];
}> = arbitraryConfiguration.chain((configuration) =>
  fc
    .record({
      body: fc.array(arbitraryStatement(configuration), {
        minLength: 1,
        maxLength: 40,
        size: 'max',
      }),
      repaired: mostly(fc.constant(true), fc.constant(false)),
    })
    .map(({ body, repaired }) => ({
      configuration,
      instructions: [
        setRegister('activation.parameters', blockByte),
        setRegister('activation.table', tableByte),
        ...(repaired ? repairProgram(body.flat()) : body.flat()),
        { definition: { mnemonic: 'halt' }, operands: {} },
      ],
    })),
);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryProgram } from './arbitrary-program.ts';
import { pipelineOf } from './oracle-operands.ts';
import { predictTime } from './time-oracle.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const runs = { numRuns: 300 };

describe('the oracle on random programs', () => {
  it('charges every cycle to exactly one counter', () => {
    fc.assert(
      fc.property(arbitraryProgram, ({ configuration, instructions }) => {
        const result = predictTime(instructions, configuration, { hazards: 'interlock' });
        const { arrayActive, weightStall, weightShift, nonMatrix, ...reasons } = result.counters;
        expect(arrayActive + weightStall + weightShift + nonMatrix).toBe(result.cycles);
        expect(sum(Object.values(reasons))).toBe(nonMatrix);
        expect(sum(Object.values(result.drainBy))).toBe(reasons.drain);
        expect(sum(result.fifoOccupancy)).toBe(result.cycles);
        const { rows, columns } = configuration.mxu;
        const { macs, cellCycles } = result;
        expect(cellCycles.useful + cellCycles.unused).toBe(arrayActive * rows * columns);
        // Each row counts as multiply-accumulates once, in one of its 1, 2 or 4 cycles.
        expect(macs.useful).toBeLessThanOrEqual(cellCycles.useful);
        expect(macs.unused).toBeLessThanOrEqual(cellCycles.unused);
        expect(4 * (macs.useful + macs.unused)).toBeGreaterThanOrEqual(
          arrayActive * rows * columns,
        );
      }),
      runs,
    );
  });

  it('ends with the last instruction, and feeds as many rows as the program has', () => {
    fc.assert(
      fc.property(arbitraryProgram, ({ configuration, instructions }) => {
        const result = predictTime(instructions, configuration, { hazards: 'interlock' });
        if (result.fault) {
          expect(result.cycles).toBe(result.fault.cycle);
          return;
        }
        expect(result.cycles).toBe(Math.max(...result.instructions.map((i) => i.end!)));
        const matrix = instructions.filter((i) => pipelineOf(i.definition.mnemonic) === 'matrix');
        const rowsOf = matrix.map(({ operands: o }) => o.rows! * (o.columns ?? 1) * o.repeat!);
        const passesOf = matrix.map(
          ({ operands: o }) => (o.activations! >= 2 ? 2 : 1) * (o.weights! >= 2 ? 2 : 1),
        );
        const { arrayActive } = result.counters;
        expect(arrayActive).toBe(sum(rowsOf.map((rows, i) => rows * passesOf[i]!)));
        const { rows: R, columns: C } = configuration.mxu;
        expect(result.macs.useful + result.macs.unused).toBe(sum(rowsOf) * R * C);
        const { unifiedBufferToMxu, mxuToAccumulators } = result.buses;
        expect(unifiedBufferToMxu).toBe(arrayActive * R);
        expect(mxuToAccumulators).toBe(arrayActive * C * 4);
      }),
      runs,
    );
  });

  it('dispatches one instruction per cycle and starts what it dispatched later', () => {
    const own = ['set_config', 'sync', 'sync_host', 'interrupt_host', 'debug_tag', 'nop', 'halt'];
    fc.assert(
      fc.property(arbitraryProgram, ({ configuration, instructions }) => {
        const result = predictTime(instructions, configuration, { hazards: 'interlock' });
        let before = -1;
        for (const { mnemonic, dispatch, start } of result.instructions) {
          expect(dispatch).toBeGreaterThan(before);
          before = dispatch;
          if (own.includes(mnemonic)) expect(start).toBe(dispatch);
          else if (start !== undefined) expect(start).toBeGreaterThan(dispatch);
        }
      }),
      runs,
    );
  });

  it('hazards=fault changes nothing for a program that passes, and cuts off one that does not', () => {
    fc.assert(
      fc.property(arbitraryProgram, ({ configuration, instructions }) => {
        const free = predictTime(instructions, configuration, { hazards: 'interlock' });
        const strict = predictTime(instructions, configuration, { hazards: 'fault' });
        if (strict.fault?.kind !== 'hazard') {
          expect(strict).toEqual(free);
          return;
        }
        const dispatches = strict.instructions.map((i) => i.dispatch);
        const same = free.instructions.slice(0, dispatches.length).map((i) => i.dispatch);
        expect(dispatches).toEqual(same);
        const next = free.instructions[dispatches.length] ?? { dispatch: free.fault?.cycle };
        expect(next.dispatch).toBe(strict.fault.cycle);
      }),
      runs,
    );
  });
});

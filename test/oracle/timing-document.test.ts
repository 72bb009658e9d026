import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { Program } from '../../src/program/program.ts';
import { expectOracleTimes, runToFault } from '../properties/ways-of-executing.ts';
import type { OracleResult } from './time-oracle.ts';
import { predictTime } from './time-oracle.ts';
import { readTimingExamples, type TimingExample } from './timing-document.ts';

const text = readFileSync(new URL('../../docs/timing.md', import.meta.url), 'utf8');
const examples = readTimingExamples(text);

/** The example's program; a mistake in it is shown at its place in the document. */
function assembleExample({ source, line }: TimingExample): Program {
  // Blank lines in front make the line numbers of diagnostics those of the document.
  const placed = '\n'.repeat(line) + source;
  const { program, diagnostics } = assemble(placed, { file: 'docs/timing.md' });
  if (!program) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return program;
}

/** A result in the words of an example, so that one comparison shows every difference. */
function summarise(result: OracleResult, example: TimingExample) {
  const counters = Object.entries(result.counters);
  const drains = Object.entries(result.drainBy).map(([p, n]) => [`drain.${p}`, n] as const);
  return {
    rows: result.instructions,
    cycles: result.cycles,
    counters: Object.fromEntries([...counters, ...drains].filter(([, n]) => n !== 0)),
    fault: result.fault && { kind: result.fault.kind, index: result.fault.index },
    macs: example.macs && result.macs,
    cellCycles: example.cellCycles && result.cellCycles,
    buses:
      example.buses &&
      Object.fromEntries(Object.entries(result.buses).filter(([name]) => name in example.buses!)),
    fifo:
      example.fifo &&
      Object.fromEntries(Object.entries(result.fifoOccupancy).filter(([, n]) => n !== 0)),
  };
}

describe('docs/timing.md', () => {
  it('has worked examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(12);
  });

  it.each(examples)('$title (line $line): the hand calculation is what the oracle finds', (e) => {
    const { instructions, configuration } = assembleExample(e);
    const result = predictTime(instructions, configuration, { hazards: e.hazards });
    const { rows, cycles, counters, fault, macs, cellCycles, buses, fifo } = e;
    const wanted = { rows, cycles, counters, fault, macs, cellCycles, buses, fifo };
    expect(summarise(result, e)).toEqual(wanted);
  });

  it.each(examples)('$title (line $line): the machine takes the same times', (e) => {
    const { instructions, configuration } = assembleExample(e);
    for (const timingOnly of [false, true]) {
      const machine = new Machine(configuration, instructions, undefined, {
        hazards: e.hazards,
        timingOnly,
      });
      const fault = runToFault(machine, (m) => void m.run());
      expectOracleTimes({ instructions, configuration }, machine, fault, e.hazards);
      expect(machine.cycle).toBe(e.cycles);
    }
  });

  it.each(examples)(
    '$title (line $line): the counters sum to the cycles',
    ({ counters, cycles }) => {
      const sum = (names: readonly string[]) =>
        names.reduce((n, name) => n + (counters[name] ?? 0), 0);
      const reasons = ['rawStall', 'inputDataStall', 'drain', 'dispatch', 'idle'];
      const pipelines = ['matrix', 'activation', 'dma', 'weights', 'sequencer'];
      expect(sum(['arrayActive', 'weightStall', 'weightShift', 'nonMatrix'])).toBe(cycles);
      expect(sum(reasons)).toBe(sum(['nonMatrix']));
      expect(sum(pipelines.map((p) => `drain.${p}`))).toBe(sum(['drain']));
    },
  );
});

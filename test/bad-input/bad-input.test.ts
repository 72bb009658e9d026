import { describe, expect, it } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { diagnosticCodes } from '../../src/errors/codes.ts';
import { InternalError } from '../../src/errors/internal-error.ts';
import { type FaultKind, faultKinds, MachineFault } from '../../src/errors/machine-fault.ts';
import { makeInstruction } from '../../src/isa/make-instruction.ts';
import { instructionNamed } from '../../src/isa/table.ts';
import { timingOnlyDatapath } from '../../src/machine/unit-datapath.ts';
import { Sequencer } from '../../src/sequencer/sequencer.ts';
import { type BadCase, runCase } from './bad-case.ts';
import { configurationFileCases } from './cases/configuration-files.ts';
import { csvFileCases } from './cases/csv-files.ts';
import { declarationCases } from './cases/declarations.ts';
import { faultCases } from './cases/faults.ts';
import { hostileTextCases } from './cases/hostile-text.ts';
import { layoutAndRuleCases } from './cases/layouts-and-rules.ts';
import { matrixFileCases } from './cases/matrix-files.ts';
import { objectFileCases } from './cases/object-files.ts';
import { operandConflictCases } from './cases/operand-conflicts.ts';
import { operatorFaultCases } from './cases/operator-faults.ts';
import { runLineCases } from './cases/run-lines.ts';
import { settingCases } from './cases/settings.ts';
import { statementCases } from './cases/statements.ts';
import { toolLineCases } from './cases/tool-lines.ts';
import { valueAndBlockCases } from './cases/values-and-blocks.ts';

const kinds: Readonly<Record<string, readonly BadCase[]>> = {
  statements: statementCases,
  'values and blocks': valueAndBlockCases,
  declarations: declarationCases,
  'layouts and rules': layoutAndRuleCases,
  'operand conflicts': operandConflictCases,
  'hostile text': hostileTextCases,
  'object files': objectFileCases,
  'matrix files': matrixFileCases,
  '.csv files and results': csvFileCases,
  'configuration files': configurationFileCases,
  settings: settingCases,
  'command lines of programs': runLineCases,
  'other command lines': toolLineCases,
  faults: faultCases,
  'faults of operators': operatorFaultCases,
};

const all = Object.values(kinds).flat();

describe.each(Object.entries(kinds))('%s', (_, cases) => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', async (_name, badCase) => {
    const answer = await runCase(badCase);
    expect(answer.stderr.split('\n')).toEqual([...badCase.stderr, '']);
    if (badCase.stdout === undefined) expect(answer.stdout).toBe('');
    else expect(answer.stdout).toContain(badCase.stdout);
    expect(answer.exitCode).toBe(badCase.exitCode);
  });
});

/** Kinds that no program can reach: `deadlock` is a check of ours. */
const unreachable: readonly FaultKind[] = ['deadlock'];

describe('the suite', () => {
  it('has at least 120 cases, no two of the same name', () => {
    expect(all.length).toBeGreaterThanOrEqual(120);
    expect(new Set(all.map((c) => c.name)).size).toBe(all.length);
  });

  it('meets every diagnostic code', () => {
    const text = all.flatMap((c) => c.stderr).join('\n');
    const missing = Object.keys(diagnosticCodes).filter((code) => !text.includes(`error[${code}]`));
    expect(missing).toEqual([]);
  });

  it('meets every kind of fault that a program can reach', () => {
    const text = all.flatMap((c) => c.stderr).join('\n');
    const missing = Object.keys(faultKinds).filter((kind) => !text.includes(`fault[${kind}]`));
    expect(missing.sort()).toEqual([...unreachable].sort());
  });

  it('meets the exit codes of everything that can be wrong', () => {
    expect([...new Set(all.map((c) => c.exitCode))].sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('what no input reaches', () => {
  it('a deadlock ends the run: here of a program without halt, which the machine refuses', () => {
    const nop = makeInstruction(instructionNamed('nop')!);
    const options = { hazards: 'interlock', hostSignals: 'automatic' } as const;
    const sequencer = new Sequencer([nop], presets['tpu-tiny'], options, timingOnlyDatapath);
    const run = () => sequencer.advance(Infinity);
    expect(run).toThrow(MachineFault);
    const says = 'nothing can ever start again (end of program, instruction 1, cycle 1)';
    expect(run).toThrow(`sequencer: ${says}`);
  });

  it('a bug of ours exits with 70 and asks for a report', async () => {
    const stdout = {
      write: () => {
        throw new InternalError('seven is not eight');
      },
      closed: false,
      isTerminal: false,
      columns: 80,
      drained: async () => {},
    };
    const answer = await runCase({ name: '', argv: ['isa'], exitCode: 70, stderr: [] }, { stdout });
    expect(answer.stderr).toMatch(/^internal error: .*seven is not eight\n/);
    expect(answer.stderr).toContain('This is a bug of Systole. Please report it');
    expect(answer.exitCode).toBe(70);
  });

  it('Ctrl-C exits with 130 and shows what there is', async () => {
    const argv = ['run', 'p.tpu', '--max-cycles', '1e12'];
    const source = '.machine tpu-tiny\n.rept 60000\nsync_host\n.endr\nhalt\n';
    const answer = await runCase(
      { name: '', files: { 'p.tpu': source }, argv, exitCode: 130, stderr: [] },
      {
        onInterrupt: (callback) => {
          callback();
          return () => {};
        },
      },
    );
    expect(answer.stderr).toMatch(
      /^interrupted after [0-9,]+ cycles: these are the statistics so far\n$/,
    );
    expect(answer.exitCode).toBe(130);
  });
});

import { expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { prepareMachine } from '../../src/simulation/simulate.ts';

/** 255 repetitions in one instruction: 16,449 of them are 4,194,495, more than 2^22. */
const program = (count: number) => {
  const text = `.machine tpu-tiny\n.rept ${count}\nread_weights tile=0, repeat=255\n.endr\nhalt`;
  return assemble(text, { file: 'long.tpu' }).program!;
};

test('a program of more repetitions than a run can keep is refused before it runs', () => {
  const { diagnostics } = prepareMachine(program(16_449), new Map());
  expect(diagnostics.map(formatDiagnostic)).toEqual([
    'error[A119]: long.tpu: 4194496 instructions with all their repetitions, the limit is 4194304\n' +
      '  help: split the program into several',
  ]);
});

test('one that is not longer is accepted', () => {
  expect(prepareMachine(program(16_447), new Map()).diagnostics).toEqual([]);
});

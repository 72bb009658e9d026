import { readFileSync, writeFileSync } from 'node:fs';
import { assemble } from '/work/main/src/assembler/assemble.ts';
import { readProgramMatrices } from '/work/main/src/loader/node-files.ts';
import { prepareMachine } from '/work/main/src/simulation/simulate.ts';
import { recordCycles } from '/work/main/src/trace/cycle-record.ts';
import { drawWave } from '/work/main/src/trace/wave-picture.ts';
import { expect, test } from 'vitest';
test('x', () => {
    const { program } = assemble(readFileSync(`/work/main/programs/smallest.tpu`,'utf8'), { file: 'smallest' });
    const { matrices } = readProgramMatrices(program!, '/work/main/programs');
    const { machine } = prepareMachine(program!, matrices!);
    const picture = JSON.parse(readFileSync('docs/images/wave.json','utf8'));
    const records = [...recordCycles(machine!, { cells: true })];
    const svg = drawWave(records, picture); /*
      { cycle: 50, caption: ['The tile of weights shifts', 'into the shadow plane.'] },
      { cycle: 57, caption: ['Rows enter, an element later in', 'each array row. The first one', 'switches every cell it meets.'] },
      { cycle: 61, caption: ['The last row enters while', 'the last weights still move.'] },
      { cycle: 65, caption: ['Partial sums run down, each', 'cell adding its product.'] },
      { cycle: 69, caption: ['Delayed until its last column', 'is done, row 0 lands in the', 'accumulators.'] },
*/
    writeFileSync('/tmp/wave.svg', svg);
    writeFileSync('/tmp/wave-dark.svg', svg.replace('@media (prefers-color-scheme: dark) {\n', '').replace('.moment { stroke: #9da7b1; }\n}', '.moment { stroke: #9da7b1; }'));
    console.log(svg.length);
});

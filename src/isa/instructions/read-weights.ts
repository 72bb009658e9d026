import { defineInstruction, repeatField } from '../definition.ts';
import type { WeightsWork } from '../work.ts';

/** Stored when the source names no number of useful weights. */
const allUseful = 2 ** 32 - 1;

/** One tile from Weight Memory towards the array. */
export const readWeights = defineInstruction({
  mnemonic: 'read_weights',
  opcode: 0x20,
  pipeline: 'weights',
  title: 'Request a tile of weights from Weight Memory into the Weight FIFO.',
  doc: [
    'The instruction ends as soon as it has sent its address; the tile follows when earlier tiles',
    'have arrived and a slot of the FIFO is free. A partly used tile takes as long as a full one.',
    'The k-th switch of a program uses the k-th tile that it read.',
    '`rows`, `columns` and `useful` state the true dimensions inside a padded tile. They cost nothing',
    'and only feed the counters of useful and unused multiply-accumulates.',
    '',
    'With `wide` the instruction requests two tiles, low bytes and then high bytes, that count as one',
    'for a switch: two slots of the FIFO, two transfers, two shifts.',
    'With `repeat`, each repetition reads the next tile, or the next two if they are wide.',
  ].join('\n'),
  source:
    'Paper, section 2: decoupled access/execute, completes after sending its address. Assumption: the encoding, the true dimensions, and wide tiles.',
  example: 'read_weights tile=w',
  fields: [
    {
      name: 'wide',
      bits: 1,
      flag: true,
      default: 0,
      doc: 'Weights of 16 bits: the tile behind it holds their high bytes.',
    },
    { name: 'unused', bits: 7, unused: true, doc: 'Zero.' },
    repeatField,
    { name: 'tile', bits: 32, doc: 'Tile index: Weight Memory byte divided by R·C.' },
    { name: 'rows', bits: 16, default: 0, doc: 'Valid rows of the tile; 0 means all R.' },
    { name: 'columns', bits: 16, default: 0, doc: 'Valid columns of the tile; 0 means all C.' },
    {
      name: 'useful',
      bits: 32,
      default: allUseful,
      doc: 'Useful weights of the tile; all ones means valid rows times valid columns.',
    },
  ],
  resolve(
    operands,
    _registers,
    repetition,
    limits,
  ): WeightsWork & { rows: number; columns: number } {
    const rows = operands.rows === 0 ? limits.rows : operands.rows;
    const columns = operands.columns === 0 ? limits.columns : operands.columns;
    const wide = operands.wide === 1;
    return {
      kind: 'weights',
      tileIndex: operands.tile + repetition * (wide ? 2 : 1),
      wide,
      usefulWeights: operands.useful === allUseful ? rows * columns : operands.useful,
      rows,
      columns,
    };
  },
  check(work, limits) {
    const unit = 'weight memory';
    if (work.rows > limits.rows) {
      return { kind: 'field', unit, reason: `rows ${work.rows} is outside 1..${limits.rows}` };
    }
    if (work.columns > limits.columns) {
      const reason = `columns ${work.columns} is outside 1..${limits.columns}`;
      return { kind: 'field', unit, reason };
    }
    if (work.usefulWeights > work.rows * work.columns) {
      const reason = `useful ${work.usefulWeights} is outside 0..${work.rows * work.columns}`;
      return { kind: 'field', unit, reason };
    }
    const lastTile = work.tileIndex + (work.wide ? 1 : 0);
    if (lastTile >= limits.tiles) {
      const reason = `tile ${lastTile} is outside 0..${limits.tiles - 1}`;
      return { kind: 'range', unit, reason };
    }
    return undefined;
  },
});

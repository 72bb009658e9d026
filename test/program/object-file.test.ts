import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { crc32 } from '../../src/program/crc32.ts';
import { decodeObject, encodeObject } from '../../src/program/object-file.ts';
import type { Program } from '../../src/program/program.ts';
import { arbitraryProgram } from '../assembler/arbitrary-program.ts';
import { assembled } from '../assembler/assembling.ts';
import { objectBytes, partsOf } from './object-bytes.ts';

const source = [
  '.machine tpu-tiny, weightMemory.bandwidth=unlimited',
  '.matrix a, int8[10, 20], activations, file="a.npy"',
  '.matrix w, int8[20, 12], weights',
  '.matrix b, int32[1, 12], constants',
  '.matrix s, float32[1, 12], constants',
  '.matrix c, int8[10, 12], result',
  '.matrix v, uint16[20, 12], weights',
  '.matrix y, int16[10, 3], result, packed',
  '.matrix y_expected, int16[10, 3], constants',
  '.matrix n, int8[1, 12], constants',
  '.parameters p, columns=12, bias=b, scale=s',
  '.parameters q, columns=12, multiplier=b, shift=-3',
  '.buffer x, a.bytes',
  '.accumulators sums, a.rows',
  '.expect h = matmul(a, w), a_zero_point=-3, b_zero_point=b, scale=0.5, zero_point=-1',
  '.expect c = matmul(a, w) + b, scale=s, clamp=-5..6, relu',
  '.expect y = y_expected',
  '.expect i = matmul(a, v), rule=d, multiplier=b, shift=n, type=int16',
  'read_host_memory a, x, a.bytes',
  'set_config step.ub, -8',
  'halt',
].join('\n');
const program = assembled(source);
const bytes = encodeObject(program);
const parts = partsOf(bytes);

function decoded(object: Uint8Array): Program {
  const { program, diagnostics } = decodeObject(object, 'x.o');
  if (!program) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return program;
}

/** What is said of an object file that is refused; `decoded` if it is not. */
function refusal(object: Uint8Array): string {
  const { diagnostics } = decodeObject(object, 'x.o');
  return diagnostics.map((d) => `${d.code} ${d.message}`).join('\n') || 'decoded';
}

describe('an object file', () => {
  it('holds the whole program, places in the source included', () => {
    const again = decoded(bytes);
    expect(again).toEqual(program);
    expect(again.instructions[1]?.source).toEqual({
      file: 't.tpu',
      line: 20,
      column: 1,
      length: 22,
    });
  });

  it('has the layout that is documented', () => {
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.subarray(0, 8))).toBe('SYSTOLE\0');
    expect(view.getUint32(8, true)).toBe(2);
    expect(view.getUint32(12, true) + view.getUint32(16, true) + 24).toBe(bytes.length);
    // read_host_memory is 14 bytes, set_config 6, halt 1.
    expect(view.getUint32(16, true)).toBe(21);
    expect(view.getUint32(20, true)).toBe(crc32(bytes.subarray(24)));
    expect(JSON.parse(parts.metadata)).toMatchObject({
      name: 't.tpu',
      machine: {
        preset: 'tpu-tiny',
        settings: [{ key: 'weightMemory.bandwidth', value: 'unlimited' }],
      },
      sources: ['t.tpu'],
      lines: [0, 19, 1, 30, 0, 20, 1, 22, 0, 21, 1, 4],
    });
  });

  it('survives for any program, with the same bytes', () => {
    fc.assert(
      fc.property(arbitraryProgram, (random) => {
        const object = encodeObject(random);
        const again = decoded(object);
        expect(again).toEqual(random);
        expect(encodeObject(again)).toEqual(object);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps instructions without a place', () => {
    const [first, ...rest] = program.instructions;
    const { definition, operands } = first!;
    const mixed = { ...program, instructions: [{ definition, operands }, ...rest] };
    expect(decoded(encodeObject(mixed))).toEqual(mixed);
  });

  it('may lie anywhere in a larger buffer', () => {
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 7);
    expect(decoded(larger.subarray(7, 7 + bytes.length))).toEqual(program);
  });
});

describe('the checksum', () => {
  it('is CRC-32', () => {
    // Source: the check value of CRC-32/ISO-HDLC in the catalogue of CRC algorithms.
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });
});

describe('golden diagnostics', () => {
  const told = (object: Uint8Array) =>
    decodeObject(object, 'x.o').diagnostics.map(formatDiagnostic).join('\n').split('\n');

  it('O201: another file', () => {
    expect(told(new TextEncoder().encode('\x7fELF'))).toEqual([
      'error[O201]: x.o: this is not an object file of Systole',
      '  help: systole asm writes object files',
    ]);
  });

  it('O202: another version', () => {
    expect(told(objectBytes(parts.metadata, parts.code, 1))).toEqual([
      'error[O202]: x.o: the object file has format version 1, not 2',
      '  help: assemble the program again',
    ]);
  });

  it('O203: contents that contradict themselves', () => {
    expect(told(objectBytes(parts.metadata, [0]))).toEqual([
      'error[O203]: x.o: metadata.lines: has 12 numbers for 1 instructions',
      '  help: assemble the program again',
    ]);
  });

  it('O204: bytes that are no instruction', () => {
    expect(told(objectBytes(parts.metadata, [0x01, 0xee]))).toEqual([
      'error[O204]: x.o: code byte 1: opcode 0xee is unknown',
      '  help: assemble the program again',
    ]);
  });
});

describe('damaged bytes', () => {
  it('are O201 wherever a bit is flipped behind the version', () => {
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x10;
      const isVersion = at >= 8 && at < 12;
      expect(refusal(damaged)).toMatch(isVersion ? /^O202/ : /^O201/);
    }
  });

  it('are O201 wherever the file is cut', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(bytes.subarray(0, length))).toMatch(/^O201/);
    }
    expect(refusal(Uint8Array.from([...bytes, 0]))).toMatch(/^O201/);
  });

  it('with huge sizes are O201', () => {
    const huge = bytes.slice();
    new DataView(huge.buffer).setUint32(12, 0xffffffff, true);
    expect(refusal(huge)).toMatch(/^O201 .*header says/);
  });

  it('never make the decoder throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array(), (metadata, code) => {
        expect(refusal(metadata)).toMatch(/^O20[1-4]/);
        expect(refusal(objectBytes(metadata, code))).toMatch(/^O20[1-4]/);
      }),
    );
  });
});

describe('code', () => {
  const empty = JSON.stringify({ ...JSON.parse(parts.metadata), lines: [] });
  const refused = (code: readonly number[]) => refusal(objectBytes(empty, code));

  it.each([
    [[0x00], 'O203 x.o: the program has no halt'],
    [[], 'O203 x.o: the program has no halt'],
    [[0x05, 1, 2], 'O204 x.o: code byte 0: debug_tag needs 5 bytes, 3 are left'],
    [[0x31, 0], 'O204 x.o: code byte 0: convolve needs 12 bytes, 2 are left'],
    [[0x20, 2, ...Array(13).fill(1)], 'O204 x.o: code byte 0: read_weights has unused bits'],
    [[0x02, 0xff, 0x01], 'O204 x.o: code byte 0: sync has unused bits'],
    [[0x02, 0x00, 0x01], 'O204 x.o: code byte 0: sync: pipelines 0 is outside 1..15'],
    [[0x00, 0x06, 99, 0, 0, 0, 0, 0x01], 'O204 x.o: code byte 1: set_config: register 99 does'],
    [[0x40, 0x0c, 1, ...Array(16).fill(1), 0x01], 'O204 x.o: code byte 0: activate: rule 3'],
    // Fields that fit, but not each other: relu6 is 2 in bits 6..4, int32 0 in bits 1..0.
    [
      [0x40, 0x20, 1, ...Array(16).fill(1), 0x01],
      'O204 x.o: code byte 0: activate: function relu6 has no meaning for int32',
    ],
    // Rows of 0x0101 int8 values, 0x01010101 of them, with a pitch of 1.
    [
      [0x00, 0x40, 0x01, 1, ...Array(12).fill(1), 1, 0, 0, 0, 0x01],
      'O204 x.o: code byte 1: activate: pitch 1 is less than a row of 257 bytes',
    ],
    // average in bit 0, int8 in bits 4..3, rule d in bits 6..5, and bit 2 not set.
    [
      [0x41, 0x29, 0, 1, ...Array(18).fill(1), 0x01],
      'O204 x.o: code byte 0: pool: values of the Unified Buffer are not converted',
    ],
    // add is 0, rule f 0 in bits 5..3, int8 1 in bits 7..6, 9..8 and 11..10.
    [[0x42, 0x40, 0x05, 1, ...Array(30).fill(1), 0x01], 'code byte 0: vector: add has no rule f'],
  ])('%j is refused: %s', (code, words) => {
    expect(refused(code)).toContain(words);
  });

  it('reads as wide only what is low bytes and high bytes, as far as it is declared', () => {
    // w, 8 bits, has tiles 0..5, v, 16 bits, 6..17; behind them nothing is declared.
    const read = (tile: number, repeat = 1) => [0x20, 1, repeat, tile, ...Array(11).fill(0), 0x01];
    expect(refused(read(6, 6))).toBe('decoded');
    expect(refused(read(18, 9))).toBe('decoded');
    expect(refused(read(4))).toContain(
      'O203 x.o: code byte 0: wide reads weights of 16 bits, tile 4',
    );
    expect(refused([0x00, ...read(7)])).toContain('O203 x.o: code byte 1: tile 7 holds high bytes');
    expect(refused(read(2, 3))).toContain("tile 2 is of 'w', which is int8");
    expect(refused([0x20, 0, 1, 7, ...Array(11).fill(0), 0x01])).toBe('decoded');
  });

  it('may go on behind halt', () => {
    expect(refused([0x01, 0x00])).toBe('decoded');
  });
});

type Json = Record<string, unknown>;

describe('metadata', () => {
  const valid = (): Json => JSON.parse(parts.metadata);
  const refused = (text: string) => refusal(objectBytes(text, parts.code));
  const changed = (path: string, value: unknown) => {
    const root = valid();
    const keys = path.split('.');
    const last = keys.pop()!;
    let target: Json = root;
    for (const key of keys) target = target[key] as Json;
    if (value === undefined) delete target[last];
    else Object.defineProperty(target, last, { value, enumerable: true, configurable: true });
    return refused(JSON.stringify(root));
  };

  it('is accepted as it is written', () => {
    expect(refused(JSON.stringify(valid()))).toBe('decoded');
  });

  it.each([
    ['name', 7, 'metadata.name: is no text'],
    ['name', undefined, 'metadata: has no field name'],
    ['more', 7, 'metadata: has an unknown field "more"'],
    ['__proto__', { polluted: 1 }, 'metadata: has an unknown field "__proto__"'],
    ['matrices.0.__proto__', { polluted: 1 }, 'unknown field "__proto__"'],
    ['matrices.0.constructor', {}, 'unknown field "constructor"'],
    ['machine.preset', 'constructor', "machine: unknown preset 'constructor'"],
    ['machine.preset', 'tpu-v9', "machine: unknown preset 'tpu-v9'"],
    ['machine.settings.0.key', '__proto__', 'machine: unknown configuration key'],
    ['machine.settings.0.value', null, 'value: is no text'],
    ['machine.settings.0.value', -5, 'machine: weightMemory.bandwidth'],
    ['machine.settings', {}, 'metadata.machine.settings: is no list'],
    ['sources', 'x', 'metadata.sources: is no list'],
    ['sources', [], 'is no place in a source file'],
    ['sources', ['t.tpu', 'unused'], 'not written as Systole writes it'],
    ['matrices.0', [], 'metadata.matrices[0]: is no object'],
    ['matrices.0', null, 'metadata.matrices[0]: is no object'],
    ['matrices.0.name', 'a b', 'metadata.matrices[0].name: is no name'],
    ['matrices.0.name', 'w', 'defines w, which is defined already'],
    ['matrices.0.name', 'mxu', 'defines mxu.rows, which is defined already'],
    ['matrices.0.type', 'int9', 'is none of int8'],
    ['matrices.0.type', 'int32', 'a matrix of role activations cannot be int32'],
    ['matrices.4.type', 'uint16', 'a matrix of role result cannot be uint16'],
    ['matrices.0.packed', false, 'packed: is not true'],
    ['matrices.1.packed', true, 'a matrix of role weights cannot be packed'],
    ['matrices.5.address', 1013, 'lies outside its memory of 1024'],
    ['matrices.0.role', 'weight', 'is none of activations'],
    ['matrices.0.rows', 0, 'rows 0 is outside 1..'],
    ['matrices.0.rows', 1.5, 'rows 1.5 is outside 1..'],
    ['matrices.0.rows', '3', 'rows: is no finite number'],
    ['matrices.0.columns', 2 ** 40, 'columns 1099511627776 is outside'],
    ['matrices.0.address', -1, 'address: -1 is outside'],
    ['matrices.0.address', 2 ** 20, 'lies outside its memory'],
    ['matrices.1.address', 1019, 'lies outside its memory of 1024'],
    ['matrices.2.address', 1, 'lies outside its memory of 0'],
    ['matrices.0.file', 1, 'file: is no text'],
    ['matrices.0.source', [0, 0, 1, 1], 'is no place in a source file'],
    ['matrices.0.source', [0, 1, 1], 'is no place in a source file'],
    ['matrices.0.source', [1, 1, 1, 1], 'is no place in a source file'],
    ['parameters.0.columns', 11, "'b' is int32[1,12]; int32[1,11] is needed"],
    ['parameters.0.bias', 'a', "'a' is not a matrix of constants"],
    ['parameters.0.bias', 5, 'bias: is no text'],
    ['parameters.0.scale', 'nothing', 'scale: is no matrix of the program'],
    ['parameters.0.scale', 1e39, 'scale: is outside float32'],
    ['parameters.0.multiplier', 1, 'multiplier: scale and multiplier exclude each other'],
    ['parameters.0.shift', 1, 'shift: shift needs a multiplier'],
    ['parameters.1.multiplier', 's', "'s' is float32[1,12]; int32[1,12] is needed"],
    ['parameters.1.multiplier', 0.5, 'multiplier: 0.5 is outside'],
    ['parameters.1.shift', 31, 'shift: 31 is outside -31..30'],
    ['parameters.1.shift', 'b', "'b' is int32[1,12]; int8[1,12] is needed"],
    ['parameters.1.multiplier', undefined, 'shift: shift needs a multiplier'],
    ['parameters.0.address', 2 ** 20, 'lies outside its memory'],
    ['parameters.0.name', 'a', 'defines a, which is defined already'],
    ['ranges.0.to', 0, 'to: 0 is outside 1..32768'],
    ['ranges.0.to', 32769, 'to: 32769 is outside'],
    ['ranges.1.to', 65, 'to: 65 is outside 1..64'],
    ['ranges.0.memory', 'host', 'is none of unifiedBuffer, accumulators'],
    ['expectations.0.a', 'nothing', 'nothing is no matrix of the program'],
    ['expectations.0.a', 'w', "'w' has 12 columns, 'w' has 20 rows"],
    ['expectations.0.type', 'int32', 'scale has no meaning for int32'],
    ['expectations.0.type', 'uint16', 'is none of int32, int16, int8, uint8'],
    ['expectations.0.kind', 'conv', 'kind: is none of matmul, copy'],
    ['expectations.0.kind', undefined, 'has no field kind'],
    ['expectations.0.kind', 'copy', 'has an unknown field "a"'],
    ['expectations.0', null, 'metadata.expectations[0]: is no object'],
    ['expectations.0.name', 'c', 'c is expected already'],
    ['expectations.0.zeroPoint', 0.5, 'zeroPoint: 0.5 is outside'],
    ['expectations.0.aZeroPoint', 0.5, 'aZeroPoint: 0.5 is outside'],
    ['expectations.0.aZeroPoint', 128, 'a_zero_point 128 is outside -128..127 of int8'],
    ['expectations.0.bZeroPoint', 's', "'s' is float32[1,12]; int32[1,12] is needed"],
    ['expectations.0.bZeroPoint', 'nothing', 'is no matrix of the program'],
    ['expectations.1.clamp', [5], 'clamp: is no pair'],
    ['expectations.1.clamp', [6, 5], 'clamp 6..5 is empty'],
    ['expectations.1.relu', false, 'relu: is not true'],
    ['expectations.1.bias', 's', "'s' is float32[1,12]; int32[1,12] is needed"],
    ['expectations.1.name', 'a', "'a' is a matrix of activations, not a result"],
    ['expectations.2.of', 'b', "'b' is int32[1,12], 'y' is int16[10,3]"],
    ['expectations.2.of', 'w', "'w' is not a matrix of constants"],
    ['expectations.2.of', 'nothing', 'of: is no matrix of the program'],
    ['expectations.2.name', 'y_expected', "'y_expected' is a matrix of constants, not a result"],
    ['expectations.2.name', 'j', 'name: is no matrix of the program'],
    ['expectations.2.type', 'int8', "type: 'y' is int16"],
    ['expectations.2.scale', 1, 'has an unknown field "scale"'],
    ['expectations.3.rule', 'f', 'rule: is none of d, s'],
    ['expectations.3.rule', undefined, 'multiplier has no meaning in rule f'],
    ['expectations.3.multiplier', undefined, 'rule d needs a multiplier'],
    ['expectations.3.multiplier', 2 ** 31, 'multiplier: 2147483648 is outside'],
    ['expectations.3.multiplier', 's', "'s' is float32[1,12]; int32[1,12] is needed"],
    ['expectations.3.scale', 1, 'scale has no meaning in rule d'],
    ['expectations.3.shift', -32, 'shift -32 is outside -31..30'],
    ['expectations.3.shift', 'b', "'b' is int32[1,12]; int8[1,12] is needed"],
    ['expectations.3.type', 'int32', 'rule has no meaning for int32'],
    ['lines', [0, 1], 'has 2 numbers for 3 instructions'],
    ['lines', Array(12).fill(0), 'says no place of instruction 0'],
    ['lines', Array(12).fill(0.5), 'holds something else than whole numbers'],
    ['lines', { length: 12 }, 'metadata.lines: is no list'],
  ])('with %s = %j is refused: %s', (path, value, words) => {
    const said = changed(path, value);
    expect(said).toMatch(/^O203 x\.o: /);
    expect(said).toContain(words);
    expect(({} as Json).polluted).toBeUndefined();
  });

  it.each([
    ['not JSON', '{'],
    ['empty', ''],
    ['deeply nested', '['.repeat(200_000)],
    ['deeply nested and closed', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['with spaces', parts.metadata.replace(':', ': ')],
    ['with a number written otherwise', parts.metadata.replace('"rows":10', '"rows":1e1')],
    ['with a field twice', parts.metadata.replace('"rows":10', '"rows":9,"rows":10')],
    ['with an infinite number', parts.metadata.replace('"scale":0.5', '"scale":1e999')],
    ['with a byte order mark', `\uFEFF${parts.metadata}`],
  ])('that is %s is refused', (_, text) => {
    expect(text).not.toBe(parts.metadata);
    expect(refused(text)).toMatch(/^O203/);
  });

  it('that is not UTF-8 is refused', () => {
    expect(refusal(objectBytes(Uint8Array.of(0x22, 0xff, 0x22), parts.code))).toMatch(/^O203/);
  });

  it('is either refused or the only way to write its program, whatever is put into it', () => {
    const leaves = ['name', 'matrices.0.address', 'matrices.1.rows', 'ranges.0.from', 'lines.1'];
    const paths = [...leaves, 'parameters.0.scale', 'expectations.1.clamp', 'sources.0'];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        expect(changed(path, value)).toMatch(/^(decoded|O203)/);
      }),
      { numRuns: 500 },
    );
  });
});

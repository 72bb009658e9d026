import { describe, expect, it } from 'vitest';
import { assembled, codesOf, diagnosed, tagOf } from './assembling.ts';

const tiny = '.machine tpu-tiny\n';

describe('.machine', () => {
  it('is tpu-v1 without it', () => {
    const program = assembled('halt');
    expect(program.machine).toEqual({ preset: 'tpu-v1', settings: [] });
    expect(program.configuration.mxu).toEqual({ rows: 256, columns: 256 });
  });

  it('takes values as people write them', () => {
    const settings =
      'mxu.rows=16, weightMemory.bandwidth=34 GB/s, clockHz=1.5GHz, hostInterface.bandwidth=unlimited, unifiedBuffer.bytes="64 KiB"';
    const { configuration, machine } = assembled(`.machine tpu-tiny, ${settings}\nhalt`);
    expect(configuration.mxu).toEqual({ rows: 16, columns: 8 });
    expect(configuration.weightMemory.bandwidth).toBe(34e9);
    expect(configuration.clockHz).toBe(1.5e9);
    expect(configuration.hostInterface.bandwidth).toBe('unlimited');
    expect(configuration.unifiedBuffer.bytes).toBe(65536);
    expect(machine.settings.map((s) => s.value)).toContain('34GB/s');
  });

  it('is replaced by the machine of the caller, below its settings', () => {
    const machine = { preset: 'tpu-v1', settings: [{ key: 'mxu.rows', value: 64 }] };
    const settings = [{ key: 'mxu.columns', value: '32' }];
    const program = assembled('.machine nothing, at.all=1\nhalt', { machine, settings });
    expect(program.configuration.mxu).toEqual({ rows: 64, columns: 32 });
    expect(program.machine.settings).toEqual([...machine.settings, ...settings]);
  });

  it('is changed by the settings of the caller', () => {
    const settings = [{ key: 'mxu.rows', value: 32 }];
    const program = assembled('.machine tpu-tiny, mxu.rows=16\nhalt', { settings });
    expect(program.configuration.mxu).toEqual({ rows: 32, columns: 8 });
    expect(codesOf('halt', { settings: [{ key: 'rows', value: 1 }] })).toEqual(['C401']);
  });

  it.each([
    ['.machine tpu-tiny\n.machine tpu-tiny', 'A120'],
    ['.equ x, mxu.rows\n.machine tpu-tiny', 'A120'],
    ['.buffer x, 8\n.machine tpu-tiny', 'A120'],
    ['.equ x, 5\n.machine tpu-tiny', ''],
    ['.machine', 'A105'],
    ['.machine tpu-tiny mxu.rows=8', 'A105'],
    ['.machine tpu-tiny, mxu.rows', 'A105'],
    ['.machine tpu-tiny, mxu.rows=', 'A105'],
    ['.machine tpu-tiny, mxu.rows=8*2', 'A105'],
  ])('%s gives %s', (source, codes) => {
    expect(codesOf(`${source}\nhalt`).join()).toBe(codes);
  });
});

describe('predefined names', () => {
  it('are the keys of the configuration and W', () => {
    expect(tagOf('mxu.rows * 1000 + ub.row_bytes', tiny)).toBe(8008);
    expect(tagOf('unifiedBuffer.bytes + accumulators.rows', tiny)).toBe(32768 + 64);
    expect(
      codesOf(
        '.machine tpu-v1, hostInterface.bandwidth=unlimited\ndebug_tag hostInterface.bandwidth\nhalt',
      ),
    ).toEqual(['A112']);
  });

  it('cannot be defined', () => {
    expect(codesOf('mxu.rows = 5\nhalt')).toEqual(['A111']);
    expect(codesOf('.buffer ub.row_bytes, 5\nhalt')).toEqual(['A111']);
    expect(codesOf('.matrix mxu, int8[2, 2], activations\nhalt')).toEqual(['A111']);
  });
});

describe('.matrix', () => {
  // tpu-tiny: R = C = W = 8; host memory 1 MiB; 64 KiB of weights are 1,024 tiles.
  it('lays activations and results out in column blocks, from multiples of 64 bytes', () => {
    const source = `${tiny}.matrix a, int8[3, 20], ACTIVATIONS, file="a.npy"\n.matrix c, INT32[3, 9], result\nhalt`;
    const { matrices } = assembled(source);
    // a: 3 blocks of 3 rows of 8 bytes are 72 bytes; c: 2 blocks of 3 rows of 8 × 4 bytes.
    expect(matrices).toMatchObject([
      { name: 'a', type: 'int8', rows: 3, columns: 20, role: 'activations', address: 0 },
      { name: 'c', type: 'int32', rows: 3, columns: 9, role: 'result', address: 128 },
    ]);
    expect(matrices[0]?.file).toBe('a.npy');
    expect(matrices[0]?.source).toEqual({ file: 't.tpu', line: 2, column: 1, length: 49 });
    const values = (names: string) => names.split(' ').map((n) => tagOf(n, source.slice(0, -4)));
    expect(values('a a.rows a.columns a.bytes a.pitch a.block_bytes a.blocks')).toEqual([
      0, 3, 20, 72, 8, 24, 3,
    ]);
    expect(values('c c.bytes c.pitch c.block_bytes c.blocks')).toEqual([128, 192, 32, 96, 2]);
  });

  it('gives weights consecutive tiles', () => {
    const source = `${tiny}.matrix v, uint8[9, 8], weights\n.matrix w, int8[20, 12], weights\n`;
    const values = (names: string) => names.split(' ').map((n) => tagOf(n, source));
    expect(values('v v.tiles w w.tiles w.k_blocks w.n_blocks w.rows w.columns')).toEqual([
      0, 2, 2, 6, 3, 2, 20, 12,
    ]);
  });

  it('takes two rows of W for 16-bit activations, and two tiles for 16-bit weights', () => {
    const source = [
      '.matrix a, int16[3, 20], activations',
      '.matrix c, int16[3, 9], result',
      '.matrix w, uint16[20, 12], weights',
      '.matrix v, int8[8, 8], weights',
      '',
    ].join('\n');
    const values = (names: string) => names.split(' ').map((n) => tagOf(n, tiny + source));
    // a: 3 blocks of 3 rows of 2·8 bytes; c: 2 blocks of 3 rows of 8 values of 2 bytes.
    expect(values('a.pitch a.block_bytes a.blocks a.bytes')).toEqual([16, 48, 3, 144]);
    expect(values('c c.pitch c.block_bytes c.blocks c.bytes')).toEqual([192, 16, 48, 2, 96]);
    expect(values('w w.tiles w.k_blocks w.n_blocks v')).toEqual([0, 12, 3, 2, 12]);
  });

  it('pitches 16-bit activations by the width of the buffer, results by their own bytes', () => {
    // 3×7: W is 8. 7 values of 2 bytes are 14, of 4 bytes 28.
    const source = [
      '.machine tpu-tiny, mxu.rows=3, mxu.columns=7',
      '.matrix a, uint16[2, 4], activations',
      '.matrix c, int16[2, 8], result',
      '.matrix d, int32[2, 8], result',
      '',
    ].join('\n');
    const values = (names: string) => names.split(' ').map((n) => tagOf(n, source));
    expect(values('a.pitch a.blocks c.pitch c.blocks d.pitch')).toEqual([16, 2, 16, 2, 32]);
  });

  it('lays packed matrices out row behind row, in one block', () => {
    const source = [
      '.matrix x, int8[5*5, 3], activations, packed',
      '.matrix y, INT16[9, 20], result, at=1000, PACKED',
      '.matrix z, int8[1, 1], activations',
      '',
    ].join('\n');
    const program = assembled(`${tiny}${source}halt`);
    expect(program.matrices.map((m) => m.packed)).toEqual([true, true, undefined]);
    const values = (names: string) => names.split(' ').map((n) => tagOf(n, tiny + source));
    expect(values('x x.pitch x.bytes x.block_bytes x.blocks')).toEqual([0, 3, 75, 75, 1]);
    expect(values('y y.pitch y.bytes y.blocks z')).toEqual([1000, 40, 360, 1, 128]);
  });

  it('allocates around what is placed by hand', () => {
    const source = [
      '.matrix a, int8[8, 8], activations, at=64',
      '.matrix b, int8[8, 8], activations',
      '.matrix c, int8[8, 8], result',
      '.matrix d, int8[8, 8], result, at=1M - 64',
      '.matrix e, int8[8, 8], activations, at=a',
    ];
    const { matrices } = assembled(`${tiny}${source.join('\n')}\nhalt`);
    expect(matrices.map((m) => m.address)).toEqual([64, 0, 128, 2 ** 20 - 64, 64]);
  });

  it('gives constants a shape but no address', () => {
    const source = `${tiny}.matrix b, int16[2, 5], constants\n`;
    expect(assembled(`${source}halt`).matrices[0]?.address).toBe(0);
    expect(tagOf('b.columns', source)).toBe(5);
    expect(diagnosed(`${source}debug_tag b\nhalt`)).toContain('has no address');
  });

  it.each([
    ['.matrix a, int16[2, 2], activations', ''],
    ['.matrix a, uint16[2, 2], weights', ''],
    ['.matrix a, int32[2, 2], activations', 'A121'],
    ['.matrix a, float32[2, 2], weights', 'A121'],
    ['.matrix a, float32[2, 2], result', 'A121'],
    ['.matrix a, int16[2, 2], result', ''],
    ['.matrix a, uint16[2, 2], result', 'A121'],
    ['.matrix a, float32[2, 2], constants', ''],
    ['.matrix a, uint16[2, 2], constants', ''],
    ['.matrix a, int8[2, 2], weights, packed', 'A121'],
    ['.matrix a, int8[2, 2], constants, packed', 'A121'],
    ['.matrix a, int32[2, 2], weights, packed', 'A121,A121'],
    ['.matrix a, int8[2, 2], result, packed=1', 'A105'],
    ['.matrix a, int8[2, 2], result, packed, packed', 'A108'],
    ['.matrix a, int8[2, 2], packed, result', 'A121'],
    ['.matrix a, int8[0, 2], activations', 'A121'],
    ['.matrix a, int8[2, 0 - 1], constants', 'A121'],
    ['.matrix a, int8[1 << 31, 1], constants', 'A121'],
    ['.matrix a, int8[1 << 30, 1 << 30], constants', 'A121'],
    ['.matrix a, int8[2, 2], activation', 'A121'],
    ['.matrix a, int8[2, 2]', 'A105'],
    ['.matrix a, int8[2], activations', 'A105'],
    ['.matrix a, int8[2, 2], activations, file=x', 'A105'],
    ['.matrix a, int8[2, 2], activations, fil="x"', 'A106'],
    ['.matrix a, int8[2, 2], activations, at=0, at=0', 'A108'],
    ['.matrix a, int8[2, 2], activations, at=0 - 64', 'A109'],
    ['.matrix a, int8[2, 2], constants, at=0', 'A121'],
    ['.matrix a, int8[1M, 2], activations', 'A123'],
    ['.matrix a, int8[1K, 8K + 1], weights', 'A123'],
    ['.matrix a, int8[2, 2], weights, at=1024', 'A123'],
    ['.matrix a, int8[2, 2], weights, at=1023', ''],
    ['.matrix a b', 'A105'],
    ['.matrix', 'A105'],
    [`.matrix ${'a'.repeat(256)}, int8[2, 2], weights`, 'A105'],
  ])('%s gives %s', (source, codes) => {
    expect(codesOf(`${tiny}${source}\nhalt`).join()).toBe(codes);
  });
});

describe('.parameters', () => {
  const constants = '.matrix b, int32[1, 12], constants\n.matrix s, float32[1, 12], constants\n';

  it('takes a block of 9·C bytes of host memory for every C columns', () => {
    const source = `${tiny}${constants}.parameters p, columns=12, bias=b, scale=s\n.parameters q, columns=b.columns, scale=0.125, at=1000\n.parameters r, columns=1, scale=1\n`;
    expect(assembled(`${source}halt`).parameters).toMatchObject([
      { name: 'p', columns: 12, bias: 'b', scale: 's', address: 0 },
      { name: 'q', columns: 12, scale: 0.125, address: 1000 },
      { name: 'r', columns: 1, scale: 1, address: 192 },
    ]);
    expect(tagOf('p.bytes * 1000 + p.block_bytes', source)).toBe(144_072);
  });

  it('takes multipliers and shifts instead of scales', () => {
    const more = '.matrix m, int32[1, 12], constants\n.matrix n, int8[1, 12], constants\n';
    const lines = [
      '.parameters p, columns=12, bias=b, multiplier=m, shift=n',
      '.parameters q, columns=3, multiplier=1 << 30, shift=-31',
      '.parameters r, columns=3, multiplier=-2147483648',
    ];
    const { parameters } = assembled(`${tiny}${constants}${more}${lines.join('\n')}\nhalt`);
    expect(parameters.map(({ source, address, ...rest }) => rest)).toEqual([
      { name: 'p', columns: 12, bias: 'b', multiplier: 'm', shift: 'n' },
      { name: 'q', columns: 3, multiplier: 2 ** 30, shift: -31 },
      { name: 'r', columns: 3, multiplier: -(2 ** 31) },
    ]);
  });

  it.each([
    ['columns=12, multiplier=1, scale=1', 'A122'],
    ['columns=12, shift=1', 'A122'],
    ['columns=12, scale=1, shift=1', 'A122'],
    ['columns=12, multiplier=s', 'A122'],
    ['columns=11, multiplier=b', 'A122'],
    ['columns=12, multiplier=b, shift=b', 'A122'],
    ['columns=12, multiplier=0.5', 'A112'],
    ['columns=12, multiplier=1 << 31', 'A109'],
    ['columns=12, multiplier=1, shift=31', 'A109'],
    ['columns=12, multiplier=1, shift=-32', 'A109'],
    ['columns=12, multiplier=nothing', 'A110'],
    ['columns=12, multiplier=1, multiplier=2', 'A108'],
    ['columns=12, multiplier', 'A105'],
    ['columns=12, bias=nothing', 'A110'],
    ['columns=11, bias=b', 'A122'],
    ['columns=12, bias=s', 'A122'],
    ['columns=12, scale=b', 'A122'],
    ['columns=0', 'A109'],
    ['columns=12, scale=1e60', 'A109'],
    ['bias=b', 'A107'],
    ['columns=1M', 'A123'],
    ['columns=12, colour=3', 'A106'],
  ])('.parameters p, %s gives %s', (options, code) => {
    expect(codesOf(`${tiny}${constants}.parameters p, ${options}\nhalt`)).toEqual([code]);
  });

  it('takes its matrices from those of constants', () => {
    const source = `${tiny}.matrix b, int32[1, 8], result\n.parameters p, columns=8, bias=b\nhalt`;
    expect(diagnosed(source)).toContain("'b' is not a matrix of constants");
  });
});

describe('.buffer and .accumulators', () => {
  it('allocate rows, and bytes from multiples of W', () => {
    const source = `${tiny}.buffer x, 20\n.buffer y, 8\n.buffer z, 3, at=5\n.accumulators s, 10\n.accumulators t, 4\n`;
    expect(assembled(`${source}halt`).ranges).toEqual([
      { name: 'x', memory: 'unifiedBuffer', from: 0, to: 20 },
      { name: 'y', memory: 'unifiedBuffer', from: 24, to: 32 },
      { name: 'z', memory: 'unifiedBuffer', from: 5, to: 8 },
      { name: 's', memory: 'accumulators', from: 0, to: 10 },
      { name: 't', memory: 'accumulators', from: 10, to: 14 },
    ]);
    expect(tagOf('y + y.bytes * 100 + t * 10000 + t.rows * 1000000', source)).toBe(4_100_824);
  });

  it.each([
    ['.buffer x, 32K', ''],
    ['.buffer x, 32K + 1', 'A123'],
    ['.buffer x, 8, at=32K', 'A123'],
    ['.buffer x, 0', 'A109'],
    ['.accumulators x, 64', ''],
    ['.accumulators x, 65', 'A123'],
    ['.accumulators x, 1, size=4', 'A106'],
    ['.accumulators x', 'A105'],
  ])('%s gives %s', (source, codes) => {
    expect(codesOf(`${tiny}${source}\nhalt`).join()).toBe(codes);
  });
});

describe('.equ, .set and =', () => {
  it('define names; .set and = may give them other values', () => {
    expect(tagOf('x', '.equ x, 5')).toBe(5);
    expect(tagOf('x', '.set x, 5\n.SET x, x + 1\nx = x * 2')).toBe(12);
    expect(tagOf('x', '.equ x, 5\nx = 6')).toBe(6);
    expect(tagOf('X + x', 'x = 1\nX = 2')).toBe(3);
  });

  it.each([
    ['x = 1\n.equ x, 2', 'A111'],
    ['.buffer x, 8\nx = 2', 'A111'],
    ['.equ x 5', 'A105'],
    ['.equ 5, 5', 'A105'],
    ['x = ', 'A105'],
    ['x = y', 'A110'],
    ['x == 5', 'A104'],
  ])('%s gives %s', (source, code) => {
    expect(codesOf(`${source}\nhalt`)).toEqual([code]);
  });
});

describe('.error', () => {
  it('reports its text', () => {
    expect(codesOf('.error "no"\nhalt')).toEqual(['A124']);
    expect(codesOf('.error no\nhalt')).toEqual(['A105']);
  });
});

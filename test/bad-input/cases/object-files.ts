import { objectBytes } from '../../program/object-bytes.ts';
import type { BadCase } from '../bad-case.ts';
import {
  objectOf,
  patched,
  product,
  productFiles,
  source,
  withCode,
  withMetadata,
} from '../contents.ts';

const object = objectOf(product);

export const objectFileCases: readonly BadCase[] = [
  {
    name: 'an object file that is a text',
    files: { 'p.tpuo': 'halt\n' },
    argv: ['disasm', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O201]: p.tpuo: this is not an object file of Systole',
      '  help: systole asm writes object files',
      '1 error; systole explain O201 tells more',
    ],
  },
  {
    name: 'an empty object file',
    files: { 'p.tpuo': '' },
    argv: ['disasm', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O201]: p.tpuo: this is not an object file of Systole',
      '  help: systole asm writes object files',
      '1 error; systole explain O201 tells more',
    ],
  },
  {
    name: 'an object file that ends in its header',
    files: { 'p.tpuo': object.slice(0, 20) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O201]: p.tpuo: the file ends in its header, after 20 bytes',
      '  help: assemble the program again',
      '1 error; systole explain O201 tells more',
    ],
  },
  {
    name: 'an object file without its last byte',
    files: { 'p.tpuo': object.slice(0, -1) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O201]: p.tpuo: the file has 821 bytes, its header says 822',
      '  help: assemble the program again',
      '1 error; systole explain O201 tells more',
    ],
  },
  {
    name: 'an object file with a byte too many',
    files: { 'p.tpuo': Uint8Array.of(...object, 0) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O201]: p.tpuo: the file has 823 bytes, its header says 822',
      '  help: assemble the program again',
      '1 error; systole explain O201 tells more',
    ],
  },
  {
    name: 'an object file with sizes of gigabytes',
    files: { 'p.tpuo': patched(object, 12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O201]: p.tpuo: the file has 822 bytes, its header says 8589934614',
      '  help: assemble the program again',
      '1 error; systole explain O201 tells more',
    ],
  },
  {
    name: 'an object file with a bit flipped',
    files: { 'p.tpuo': patched(object, object.length - 5, object.at(-5)! ^ 1) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O201]: p.tpuo: the file is damaged: its checksum does not match',
      '  help: assemble the program again',
      '1 error; systole explain O201 tells more',
    ],
  },
  {
    name: 'an object file of an earlier version',
    files: { 'p.tpuo': patched(object, 8, 1) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O202]: p.tpuo: the object file has format version 1, not 2',
      '  help: assemble the program again',
      '1 error; systole explain O202 tells more',
    ],
  },
  {
    name: 'metadata that is no JSON',
    files: { 'p.tpuo': objectBytes('{"name": ', []) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: the metadata is not JSON in UTF-8',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata that is a list',
    files: { 'p.tpuo': objectBytes('[]', []) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata: is no object',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata nested 100,000 deep',
    files: { 'p.tpuo': objectBytes('['.repeat(100_000), []) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: the metadata is not JSON in UTF-8',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata that is well nested 100,000 deep',
    files: { 'p.tpuo': objectBytes(`${'['.repeat(100_000)}${']'.repeat(100_000)}`, []) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata: is no object',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata with __proto__',
    files: { 'p.tpuo': withMetadata(product, '{"name"', '{"__proto__":{"a":1},"name"') },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata: has an unknown field "__proto__"',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata with a field doubled',
    files: { 'p.tpuo': withMetadata(product, '{"name"', '{"name":"x","name"') },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: the metadata is not written as Systole writes it',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata with an unknown preset',
    files: { 'p.tpuo': withMetadata(product, 'tpu-tiny', 'tpu-tinny') },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      "error[O203]: p.tpuo: machine: unknown preset 'tpu-tinny'",
      "  help: did you mean 'tpu-tiny'?",
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata with a matrix beyond its memory',
    files: { 'p.tpuo': withMetadata(product, '"rows":2', '"rows":2000000000') },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata.matrices[0]: 0..16000000000 lies outside its memory of 1048576',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata with a negative address',
    files: { 'p.tpuo': withMetadata(product, '"address":0', '"address":-8') },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata.matrices[0].address: -8 is outside 0..9007199254740991',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata with a name that steers the terminal',
    files: { 'p.tpuo': withMetadata(product, '"name":"a"', '"name":"\\u001b[31m"') },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata.matrices[0].name: is no name',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata of other lines than there are instructions',
    files: { 'p.tpuo': withMetadata(product, '"lines":[', '"lines":[0,1,1,1,') },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata.lines: has 28 numbers for 6 instructions',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'code with an unknown opcode',
    files: { 'p.tpuo': withCode('nop\nhalt\n', (code) => [...code, 0xee]) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O204]: p.tpuo: code byte 2: opcode 0xee is unknown',
      '  help: assemble the program again',
      '1 error; systole explain O204 tells more',
    ],
  },
  {
    name: 'code that ends within an instruction',
    files: { 'p.tpuo': withCode('nop\nhalt\n', (code) => [...code, 0x30, 0]) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O204]: p.tpuo: code byte 2: matrix_multiply needs 12 bytes, 2 are left',
      '  help: assemble the program again',
      '1 error; systole explain O204 tells more',
    ],
  },
  {
    name: 'code with unused bits set',
    files: { 'p.tpuo': withCode(product, (code) => patched(code, code.indexOf(0x30) + 1, 0xff)) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O204]: p.tpuo: code byte 29: matrix_multiply has unused bits that are not zero',
      '  help: assemble the program again',
      '1 error; systole explain O204 tells more',
    ],
  },
  {
    name: 'code with a field that is zero',
    files: { 'p.tpuo': withCode('read_weights tile=0\nhalt\n', (code) => patched(code, 2, 0)) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O204]: p.tpuo: code byte 0: read_weights: repeat 0 is outside 1..255',
      '  help: assemble the program again',
      '1 error; systole explain O204 tells more',
    ],
  },
  {
    name: 'code with fields that do not go together',
    files: {
      // The function is in bits 6..4 of the byte behind the opcode: 2 is relu6.
      'p.tpuo': withCode('activate 0, 1, 8, 0\nhalt\n', (code) => patched(code, 1, 0x20)),
    },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O204]: p.tpuo: code byte 0: activate: function relu6 has no meaning for int32',
      '  help: assemble the program again',
      '1 error; systole explain O204 tells more',
    ],
  },
  {
    name: 'code with a wide tile of 8-bit weights',
    files: {
      'p.tpuo': withCode(
        source('.machine tpu-tiny', '.matrix w, int8[8, 8], weights', 'read_weights w', 'halt'),
        (code) => patched(code, 1, 1),
      ),
    },
    argv: ['disasm', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      "error[O203]: p.tpuo: code byte 0: wide reads weights of 16 bits, tile 0 is of 'w', which is int8",
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata with an expectation of a kind that there is not',
    files: { 'p.tpuo': withMetadata(product, '"kind":"matmul"', '"kind":"conv"') },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata.expectations[0].kind: is none of matmul, copy',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'metadata with packed weights',
    files: {
      'p.tpuo': withMetadata(product, '"role":"weights"', '"role":"weights","packed":true'),
    },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata.matrices[1]: a matrix of role weights cannot be packed',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'code without halt',
    files: { 'p.tpuo': withCode('nop\nhalt\n', (code) => code.slice(0, -1)) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O203]: p.tpuo: metadata.lines: has 8 numbers for 1 instructions',
      '  help: assemble the program again',
      '1 error; systole explain O203 tells more',
    ],
  },
  {
    name: 'code of a register that does not exist',
    files: { 'p.tpuo': withCode('set_config step.ub, 1\nhalt\n', (code) => patched(code, 1, 77)) },
    argv: ['run', 'p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[O204]: p.tpuo: code byte 0: set_config: register 77 does not exist',
      '  help: assemble the program again',
      '1 error; systole explain O204 tells more',
    ],
  },
  {
    name: 'an object file for another array',
    files: { 'p.tpuo': object },
    argv: ['run', 'p.tpuo', '--set', 'mxu.rows=16'],
    exitCode: 3,
    stderr: [
      'error[O205]: p.tpuo: assembled for an array of 8×8, the configuration has 16×8',
      '  help: assemble the source for the other array; all other keys may change',
      '1 error; systole explain O205 tells more',
    ],
  },
  {
    name: 'an object file on another preset',
    files: { 'p.tpuo': object },
    argv: ['run', 'p.tpuo', '--config', 'tpu-v1'],
    exitCode: 3,
    stderr: [
      'error[O205]: p.tpuo: assembled for an array of 8×8, the configuration has 256×256',
      '  help: assemble the source for the other array; all other keys may change',
      '1 error; systole explain O205 tells more',
    ],
  },
  {
    name: 'a matrix of an object file beyond a smaller memory',
    files: { ...productFiles, 'p.tpuo': object },
    argv: ['run', 'p.tpuo', '--set', 'hostMemory.bytes=40'],
    exitCode: 3,
    stderr: [
      'p.tpu:4:1: error[L309]: matrix c: host memory bytes 64..127 are outside 0..39',
      '  .matrix c, int32[2, 2], result',
      '  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
      '  help: raise hostMemory.bytes, or make the matrix smaller',
      '1 error; systole explain L309 tells more',
    ],
  },
];

import type { BadCase } from '../bad-case.ts';
import { source } from '../contents.ts';

/** A line for `tpu-tiny` whose operands do not go together, and what is said of them. */
function conflicting(name: string, line: string, reason: string, help?: string): BadCase {
  return mistaken(name, line, 'A114', reason, help);
}

function mistaken(
  name: string,
  line: string,
  code: string,
  reason: string,
  help?: string,
): BadCase {
  return {
    name,
    files: { 't.tpu': source('.machine tpu-tiny', line, 'halt') },
    argv: ['run', 't.tpu'],
    exitCode: 3,
    stderr: [
      `t.tpu:2:1: error[${code}]: ${reason}`,
      `  ${line}`,
      `  ${'^'.repeat(line.indexOf(' '))}`,
      ...(help === undefined ? [] : [`  help: ${help}`]),
      `1 error; systole explain ${code} tells more`,
    ],
  };
}

const vectorExample =
  'such as: vector operation=add, rule=onnx, a=x, b=y, rows=8, columns=64, ub=x, a_type=int8, type=int8';

export const operandConflictCases: readonly BadCase[] = [
  conflicting(
    'a pitch that lets rows overlap',
    'activate acc=0, rows=2, columns=8, ub=0, pitch=16',
    'pitch 16 is less than a row of 32 bytes',
  ),
  conflicting(
    'a sigmoid of 32 bits',
    'activate acc=0, rows=1, columns=8, ub=0, function=sigmoid',
    'function sigmoid has no meaning for int32',
    'choose type=int8 or uint8',
  ),
  conflicting(
    'a table of 16 bits',
    'activate acc=0, rows=1, columns=8, ub=0, type=int16, function=table',
    'function table gives 8 bits, not int16',
  ),
  conflicting(
    'pooling of int32',
    'pool max, int32, 0, 4, 4, 2, 64, from=accumulators',
    'pooling has no values of type int32',
  ),
  conflicting(
    'a rule for values that are no sums',
    'pool average, int8, 0, 4, 4, 2, 64, rule=d',
    'values of the Unified Buffer are not converted',
    'rule, function and parameters are for from=accumulators',
  ),
  conflicting(
    'parameters for values that are no sums',
    'pool max, int8, 0, 4, 4, 2, 64, parameters',
    'values of the Unified Buffer are not converted',
    'rule, function and parameters are for from=accumulators',
  ),
  conflicting(
    'pixels of 16 bits in the pitch of 8',
    'pool max, int16, 0, 4, 4, 2, 64, pitch=2',
    'pitch 2 is less than a row of 4 bytes',
  ),
  conflicting(
    'a rule that an addition does not have',
    'vector add, int8, int8, int8, 0, 32, 1, 8, 64',
    'add has no rule f',
    'it has d, xnnpack, onnx',
  ),
  conflicting(
    'an addition of sums',
    'vector add, int32, int32, int32, 0, 32, 1, 8, 64, rule=d',
    'vector operations have no values of type int32',
  ),
  conflicting(
    'a table for 16 bits',
    'vector table, a=0, rows=1, columns=8, ub=64, a_type=int16, type=int16',
    'table takes and gives 8 bits, not int16 and int16',
  ),
  conflicting(
    'a tanh of 8 bits',
    'vector tanh, a=0, rows=1, columns=8, ub=64, a_type=int8, type=int8',
    'tanh takes and gives 16 bits, not int8 and int8',
  ),
  conflicting(
    'a saturating addition of 8 bits',
    'vector saturating_add, int16, int8, int16, 0, 32, 1, 8, 64',
    'saturating_add takes and gives int16, not int16, int8, int16',
  ),
  mistaken(
    'an addition to nothing',
    'vector add, rule=d, a=0, rows=1, columns=8, ub=64, a_type=int8, type=int8',
    'A107',
    'vector needs b',
    vectorExample,
  ),
  mistaken(
    'an operand from which others would follow',
    'vector add, rule=d, a=0, b=32, rows=1, ub=64, a_type=int8, type=int8',
    'A107',
    'vector needs columns',
    vectorExample,
  ),
];

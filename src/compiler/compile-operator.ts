import type { Configuration } from '../config/configuration.ts';
import { resolveConfiguration } from '../config/resolve.ts';
import type { CompileOptions } from './compile-options.ts';
import type { CompileOperatorResult } from './compiled-operator.ts';
import { lowerConvolution } from './lower-convolution.ts';
import { lowerElementwise, lowerTable } from './lower-elementwise.ts';
import { lowerMatmul } from './lower-matmul.ts';
import { lowerPool } from './lower-pool.ts';
import type { Operator } from './operator.ts';

/** Compiles an operator for a machine: a program that reads its tensors and writes its result. */
export function compileOperator(
  operator: Operator,
  options: CompileOptions,
): CompileOperatorResult {
  const { configuration, diagnostics } = resolveConfiguration(options.machine);
  if (!configuration) return { diagnostics };
  return lower(operator, configuration, options);
}

function lower(
  operator: Operator,
  configuration: Configuration,
  options: CompileOptions,
): CompileOperatorResult {
  switch (operator.kind) {
    case 'matmul':
      return lowerMatmul(operator, options);
    case 'convolution':
      return lowerConvolution(operator, configuration, options);
    case 'pool':
      return lowerPool(operator, configuration, options);
    case 'elementwise':
      return lowerElementwise(operator, configuration, options);
    case 'table':
      return lowerTable(operator, configuration, options);
  }
}

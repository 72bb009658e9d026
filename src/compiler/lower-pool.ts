import type { Configuration } from '../config/configuration.ts';
import { averageRoundings, outputBytes, outputTypes, poolOperations } from '../isa/enumerations.ts';
import { pool } from '../isa/instructions/pool.ts';
import { registerIndex } from '../isa/registers.ts';
import { axesOf, coverAxis } from '../numerics/image-window.ts';
import type { CompileOptions } from './compile-options.ts';
import { type CompileOperatorResult, wholePart } from './compiled-operator.ts';
import { emitPatches, namePatches, setWindow } from './emit-patches.ts';
import type { PoolOperator } from './operator.ts';
import { planPatches, type WindowProblem } from './plan-patches.ts';
import { ProgramBuilder } from './program-builder.ts';
import { checkWindowOperator, describePatchShortage, outputSizeOf } from './window-operator.ts';

/** Compiles pooling of images: patches of the Unified Buffer, pooled by the Activation Unit. */
export function lowerPool(
  operator: PoolOperator,
  configuration: Configuration,
  options: CompileOptions,
): CompileOperatorResult {
  const problems = [...checkWindowOperator(operator), ...checkPool(operator)];
  if (problems.length > 0) return { diagnostics: problems };
  const builder = new ProgramBuilder(configuration);
  const { unifiedBufferBytes } = builder.limits;
  const { input, type } = operator;
  const [outputHeight, outputWidth] = outputSizeOf(operator);
  const pixelBytes = input.channels * outputBytes[type];
  const problem: WindowProblem = {
    ...operator,
    outputHeight,
    outputWidth,
    inputPixelBytes: pixelBytes,
    outputPixelBytes: pixelBytes,
    pixelsAtOnce: 1,
    roomBytes: unifiedBufferBytes,
  };
  const plan = planPatches(problem);
  if ('neededBytes' in plan) {
    return { diagnostics: [describePatchShortage(plan.neededBytes, unifiedBufferBytes)] };
  }
  const columns = input.channels;
  const pixels = input.batch * input.height * input.width;
  const results = input.batch * outputHeight * outputWidth;
  const shape = { type, packed: true, columns } as const;
  const addresses = {
    input: builder.declareHost({ name: 'input', role: 'activations', ...shape, rows: pixels }),
    output: builder.declareHost({ name: 'output', role: 'result', ...shape, rows: results }),
  };
  namePatches(builder, plan);
  setRegisters(builder, operator, pixelBytes);
  emitPatches(builder, problem, plan, addresses, (patch, source, ub) => {
    setWindow(builder, problem, patch, patch.y, patch.x);
    builder.emit(pool, {
      operation: poolOperations.indexOf(operator.operation),
      rounding: averageRoundings.indexOf(operator.rounding),
      type: outputTypes.indexOf(type),
      source,
      rows: patch.rows,
      columns: patch.columns,
      channels: columns,
      ub,
      pitch: pixelBytes,
    });
  });
  const compiled = builder.finish(`pool-${input.height}x${input.width}`, options);
  if (!compiled.program) return compiled;
  return {
    compiled: {
      program: compiled.program,
      resultType: type,
      resultShape: [input.batch, outputHeight, outputWidth, columns],
      parts: [wholePart('output', results, columns)],
      bind: (tensors) => {
        const { data } = tensors.get('input')!;
        return new Map([['input', { type, rows: pixels, columns, data }]]);
      },
    },
  };
}

function setRegisters(builder: ProgramBuilder, operator: PoolOperator, pixelBytes: number): void {
  const { zeroPoint, clamp } = operator;
  builder.set(registerIndex.imagePitch, pixelBytes);
  builder.set(registerIndex.poolZeroPoint, zeroPoint);
  if (!clamp) return;
  builder.set(registerIndex.clampLow, clamp[0]);
  builder.set(registerIndex.clampHigh, clamp[1]);
}

/** A window that lies wholly in the padding has nothing to pool. */
function checkPool(operator: PoolOperator) {
  const { input, kernel, stride, dilation, padding } = operator;
  const [rows, columns] = outputSizeOf(operator);
  const axes = axesOf(
    {
      imageHeight: input.height,
      imageWidth: input.width,
      windowHeight: kernel[0],
      windowWidth: kernel[1],
      strideY: stride[0],
      strideX: stride[1],
      dilationY: dilation[0],
      dilationX: dilation[1],
      originY: -padding.top,
      originX: -padding.left,
    },
    Math.max(0, rows),
    Math.max(0, columns),
  );
  const [y, x] = [coverAxis(axes.vertical).firstEmpty, coverAxis(axes.horizontal).firstEmpty];
  if (y < 0 && x < 0) return [];
  const message = `the window of output pixel (${Math.max(0, y)}, ${Math.max(0, x)}) lies in the padding`;
  return [{ code: 'A121', message, help: 'pad less' } as const];
}

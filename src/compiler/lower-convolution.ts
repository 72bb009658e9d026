import type { Configuration } from '../config/configuration.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { parameterBlockBytes } from '../isa/conversion.ts';
import { operandTypes } from '../isa/enumerations.ts';
import { activate } from '../isa/instructions/activate.ts';
import { convolve } from '../isa/instructions/convolve.ts';
import { readHostMemory } from '../isa/instructions/read-host-memory.ts';
import { registerIndex } from '../isa/registers.ts';
import { elementBytes } from '../program/layout.ts';
import type { Matrix } from '../program/program.ts';
import type { CompileOptions } from './compile-options.ts';
import { type CompileOperatorResult, wholePart } from './compiled-operator.ts';
import {
  countRows,
  countUseful,
  foldConvolutionBias,
  listWeightBlocks,
  packWeightBlock,
  storedWeightType,
  type WeightBlock,
} from './convolution-weights.ts';
import { emitPatches, namePatches, setWindow } from './emit-patches.ts';
import type { ConvolutionOperator, Tensor } from './operator.ts';
import {
  activateOperands,
  bindBlocks,
  checkOutput,
  declareBlocks,
  needsBlocks,
  resultBytesOf,
  setOutput,
} from './output-stage.ts';
import { type Patch, type PatchPlan, planPatches, type WindowProblem } from './plan-patches.ts';
import { maximumRepeat, ProgramBuilder, type TileRequest } from './program-builder.ts';
import { checkWindowOperator, describePatchShortage, outputSizeOf } from './window-operator.ts';

/** Accumulator ranges that take turns: one is converted while the other is computed. */
const sections = 2;
/** Most rows of a section: with more, a tile is used no better and the first result comes later. */
const maximumSectionRows = 2048;

/** Output pixels of one image that are computed in one go. */
interface Block {
  /** Within its patch. */
  readonly image: number;
  readonly y: number;
  readonly x: number;
  readonly rows: number;
  readonly columns: number;
}

/** Everything that lowering a convolution needs to know. */
interface Lowering {
  readonly operator: ConvolutionOperator;
  readonly builder: ProgramBuilder;
  readonly problem: WindowProblem;
  readonly plan: PatchPlan;
  readonly blocks: readonly WeightBlock[];
  /** First tile of each block of weights. */
  readonly tiles: readonly number[];
  readonly sectionRows: number;
  /** Unified Buffer byte of the first parameter block; undefined if there are none. */
  readonly parametersByte: number | undefined;
}

/** Compiles a convolution: windows are formed by `convolve`, whatever the groups. */
export function lowerConvolution(
  operator: ConvolutionOperator,
  configuration: Configuration,
  options: CompileOptions,
): CompileOperatorResult {
  const problems = checkConvolution(operator);
  if (problems.length > 0) return { diagnostics: problems };
  const builder = new ProgramBuilder(configuration);
  const { limits } = builder;
  const { input, inputType, inputZeroPoint, outputChannels, output } = operator;
  const [outputHeight, outputWidth] = outputSizeOf(operator);
  const hasBias = operator.hasBias || inputZeroPoint !== 0;
  const withBlocks = needsBlocks(output, hasBias);
  const blocks = listWeightBlocks(operator, limits);
  const blockBytes = withBlocks ? blocks.length * parameterBlockBytes(limits.columns) : 0;
  const inUse = Math.min(sections, limits.accumulatorRows);
  const sectionRows = Math.min(maximumSectionRows, Math.floor(limits.accumulatorRows / inUse));
  const problem: WindowProblem = {
    ...operator,
    outputHeight,
    outputWidth,
    inputPixelBytes: input.channels * elementBytes[inputType],
    outputPixelBytes: outputChannels * resultBytesOf(output),
    pixelsAtOnce: sectionRows,
    roomBytes: limits.unifiedBufferBytes - blockBytes,
  };
  const plan = planPatches(problem);
  if ('neededBytes' in plan) {
    const neededBytes = plan.neededBytes + blockBytes;
    return { diagnostics: [describePatchShortage(neededBytes, limits.unifiedBufferBytes)] };
  }

  const images = { columns: input.channels, rows: input.batch * input.height * input.width };
  const results = { columns: outputChannels, rows: input.batch * outputHeight * outputWidth };
  const addresses = {
    input: builder.declareHost({
      name: 'input',
      role: 'activations',
      type: inputType,
      packed: true,
      ...images,
    }),
    output: builder.declareHost({
      name: 'output',
      role: 'result',
      type: output.type,
      packed: true,
      ...results,
    }),
  };
  const type = storedWeightType(operator);
  const tiles = blocks.map((block) => {
    const { name, outputs: columns } = block;
    return builder.declareWeights({ name, type, rows: countRows(operator, block), columns });
  });
  namePatches(builder, plan);
  builder.nameRange('parameter_blocks', plan.bytes, plan.bytes + blockBytes);
  const parametersByte = withBlocks ? plan.bytes : undefined;
  if (parametersByte !== undefined) {
    const host = declareBlocks(builder, output, outputChannels, hasBias);
    builder.emit(readHostMemory, { host, ub: parametersByte, bytes: blockBytes });
  }
  setOutput(builder, output, withBlocks);
  setImage(builder, operator);
  const lowering = { operator, builder, problem, plan, blocks, tiles, sectionRows, parametersByte };
  const emit = createWork(lowering, inUse);
  emitPatches(builder, problem, plan, addresses, emit);
  const compiled = builder.finish(`convolution-${input.height}x${input.width}`, options);
  if (!compiled.program) return compiled;
  return {
    compiled: {
      program: compiled.program,
      resultType: output.type,
      resultShape: [input.batch, outputHeight, outputWidth, outputChannels],
      parts: [wholePart('output', results.rows, results.columns)],
      bind: (tensors) => bindConvolution(operator, blocks, hasBias, withBlocks, tensors),
    },
  };
}

function checkConvolution(operator: ConvolutionOperator): Diagnostic[] {
  const { input, outputChannels, groups, output, weightZeroPoints } = operator;
  const found = checkWindowOperator(operator);
  if (input.channels % groups !== 0 || outputChannels % groups !== 0) {
    const message = `${groups} groups do not divide ${input.channels} input and ${outputChannels} output channels`;
    found.push({ code: 'A121', message });
  }
  if (weightZeroPoints.length !== 1 && weightZeroPoints.length !== outputChannels) {
    const message = `weight zero points: ${weightZeroPoints.length} values for ${outputChannels} output channels`;
    found.push({ code: 'A121', message, help: 'give one, or one for each output channel' });
  }
  if (elementBytes[operator.weightType] > 1 && weightZeroPoints.some((z) => z !== 0)) {
    const message = `weights of ${operator.weightType} have no zero points`;
    found.push({ code: 'A122', message, help: 'subtract them from the weights' });
  }
  return [...found, ...checkOutput(output, outputChannels)];
}

/** Registers that hold for the whole convolution. */
function setImage(builder: ProgramBuilder, operator: ConvolutionOperator): void {
  const { input, inputType, inputZeroPoint } = operator;
  builder.set(registerIndex.imagePitch, input.channels * elementBytes[inputType]);
  builder.set(registerIndex.windowPad, inputZeroPoint);
  builder.set(registerIndex.stepK, builder.limits.rows);
}

/** Gives the function that emits the work of a patch; sections and active tiles go on over patches. */
function createWork(lowering: Lowering, sectionsInUse: number) {
  const { blocks, sectionRows, builder } = lowering;
  let group = 0;
  let activeTile = -1;
  return (patch: Patch, inputByte: number, outputByte: number): void => {
    for (const together of groupBlocks(listBlocks(patch, sectionRows), sectionRows)) {
      for (const [at, weights] of blocks.entries()) {
        const acc =
          (group % sectionsInUse) * Math.floor(builder.limits.accumulatorRows / sectionsInUse);
        activeTile = emitProducts(lowering, patch, together, at, inputByte, acc, activeTile);
        emitResults(lowering, patch, together, at, weights, outputByte, acc);
        group++;
      }
    }
  };
}

/** Cuts a patch into rectangles of at most so many pixels: whole rows, or parts of one. */
function listBlocks(patch: Patch, most: number): Block[] {
  const rowsAtOnce = Math.max(1, Math.floor(most / patch.columns));
  const columnsAtOnce = Math.min(patch.columns, most);
  const blocks: Block[] = [];
  for (let image = 0; image < patch.images; image++) {
    for (let y = 0; y < patch.rows; y += rowsAtOnce) {
      for (let x = 0; x < patch.columns; x += columnsAtOnce) {
        const rows = Math.min(rowsAtOnce, patch.rows - y);
        const columns = Math.min(columnsAtOnce, patch.columns - x);
        blocks.push({ image, y, x, rows, columns });
      }
    }
  }
  return blocks;
}

/** Blocks that fit into a section together meet the same tiles, one after the other. */
function groupBlocks(blocks: readonly Block[], most: number): Block[][] {
  const groups: Block[][] = [];
  let pixels = Infinity;
  for (const block of blocks) {
    const size = block.rows * block.columns;
    if (pixels + size > most) {
      groups.push([]);
      pixels = 0;
    }
    groups.at(-1)!.push(block);
    pixels += size;
  }
  return groups;
}

/** Feeds blocks to all K tiles of a block of weights; returns the tile that is active then. */
function emitProducts(
  lowering: Lowering,
  patch: Patch,
  group: readonly Block[],
  at: number,
  inputByte: number,
  acc: number,
  activeTile: number,
): number {
  const { operator, builder, tiles } = lowering;
  const requests = listTiles(lowering, at);
  const weights = lowering.blocks[at]!;
  builder.set(registerIndex.imageChannels, weights.channels);
  // One block meets all its tiles in one repeated instruction; several share each tile.
  const runLength = group.length === 1 ? maximumRepeat : 1;
  for (let first = 0; first < requests.length; first += runLength) {
    const run = requests.slice(first, first + runLength);
    let row = acc;
    for (const [order, block] of group.entries()) {
      setWindow(builder, lowering.problem, patch, patch.y + block.y, patch.x + block.x);
      builder.set(registerIndex.windowK, first * builder.limits.rows);
      const operands = {
        ub: inputByte + block.image * lowering.plan.imageBytes + channelByte(operator, weights),
        acc: row,
        rows: block.rows,
        columns: block.columns,
        repeat: run.length,
        accumulate: first === 0 ? 0 : 1,
        activations: operandTypes.indexOf(operator.inputType),
        weights: operandTypes.indexOf(storedWeightType(operator)),
      };
      const isActive = run.length === 1 && run[0]!.tile === activeTile;
      if (order > 0 || isActive) builder.emit(convolve, operands);
      else builder.emitSwitch(convolve, operands, run);
      activeTile = run.at(-1)!.tile;
      row += block.rows * block.columns;
    }
  }
  return tiles[at]! + (requests.length - 1) * tilesPerBlock(operator);
}

function tilesPerBlock(operator: ConvolutionOperator): number {
  return elementBytes[storedWeightType(operator)];
}

/** Where the channels of a block of weights begin in a pixel. */
function channelByte({ inputType }: ConvolutionOperator, { firstChannel }: WeightBlock): number {
  return firstChannel * elementBytes[inputType];
}

/** The K tiles of a block of weights. */
function listTiles({ operator, builder, blocks, tiles }: Lowering, at: number): TileRequest[] {
  const block = blocks[at]!;
  const k = countRows(operator, block);
  const step = tilesPerBlock(operator);
  const requests: TileRequest[] = [];
  for (let first = 0; first < k; first += builder.limits.rows) {
    const rows = Math.min(builder.limits.rows, k - first);
    requests.push({
      tile: tiles[at]! + requests.length * step,
      wide: step === 2,
      rows,
      columns: block.outputs,
      useful: countUseful(operator, block, first, rows),
    });
  }
  return requests;
}

/** Converts the sums of a group into packed pixels. */
function emitResults(
  { operator, builder, problem, parametersByte }: Lowering,
  patch: Patch,
  group: readonly Block[],
  at: number,
  weights: WeightBlock,
  outputByte: number,
  acc: number,
): void {
  const { output } = operator;
  const parameters = parametersByte === undefined ? 0 : 1;
  if (parametersByte !== undefined) {
    const bytes = parameterBlockBytes(builder.limits.columns);
    builder.set(registerIndex.parameters, parametersByte + at * bytes);
  }
  let row = acc;
  for (const { image, y, x, rows, columns } of group) {
    const pixel = (image * patch.rows + y) * patch.columns + x;
    const pitch = problem.outputPixelBytes;
    builder.emit(activate, {
      ...activateOperands(output),
      parameters,
      acc: row,
      rows: rows * columns,
      columns: weights.outputs,
      ub: outputByte + pixel * pitch + weights.firstOutput * resultBytesOf(output),
      pitch,
    });
    row += rows * columns;
  }
}

function bindConvolution(
  operator: ConvolutionOperator,
  blocks: readonly WeightBlock[],
  hasBias: boolean,
  withBlocks: boolean,
  tensors: ReadonlyMap<string, Tensor>,
): Map<string, Matrix> {
  const { input, output, outputChannels } = operator;
  const image = tensors.get('input')!;
  const weights = tensors.get('weights')!;
  const bias = hasBias ? foldConvolutionBias(operator, weights, tensors.get('bias')) : undefined;
  const matrices = withBlocks ? bindBlocks(output, outputChannels, bias) : new Map();
  const rows = input.batch * input.height * input.width;
  matrices.set('input', { type: image.type, rows, columns: input.channels, data: image.data });
  for (const block of blocks) {
    matrices.set(block.name, packWeightBlock(operator, block, weights));
  }
  return matrices;
}

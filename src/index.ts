/**
 * Systole as a library: everything that the command line does. Imports nothing from Node; reading
 * and writing matrix files is in `systole/node`.
 */
export { type AssembleOptions, type AssembleResult, assemble } from './assembler/assemble.ts';
export { disassemble } from './assembler/disassemble.ts';
export { formatInstruction } from './assembler/format-instruction.ts';
export { formatListing } from './assembler/listing.ts';
export { compileGemm } from './compiler/compile-gemm.ts';
export { compileOperator } from './compiler/compile-operator.ts';
export type { CompileOptions, CompileResult } from './compiler/compile-options.ts';
export {
  type CompiledOperator,
  type CompileOperatorResult,
  collectResult,
  splitResult,
} from './compiler/compiled-operator.ts';
export { type FoldResult, foldZeroPoints } from './compiler/fold-zero-points.ts';
export { type GemmOperator, type GemmSize, parseGemmSize } from './compiler/gemm-operator.ts';
export type {
  ConvolutionOperator,
  ElementwiseOperator,
  MatmulOperator,
  Operator,
  Output,
  PoolOperator,
  Requantisation,
  TableOperator,
  Tensor,
} from './compiler/operator.ts';
export {
  type Bandwidth,
  type Configuration,
  type Limits,
  limitsOf,
} from './config/configuration.ts';
export {
  type Parameter,
  type PresetName,
  parameters,
  presetDocs,
  presets,
} from './config/parameters.ts';
export { type MachineChoice, resolveConfiguration, type Setting } from './config/resolve.ts';
export { formatValue } from './config/values.ts';
export type { OperatorCase } from './conformance/operator-case.ts';
export { type ReadCaseResult, readCase } from './conformance/read-case.ts';
export {
  type CaseDifference,
  type CaseResult,
  type PrepareCaseResult,
  type PreparedCase,
  prepareCase,
  runCase,
} from './conformance/run-case.ts';
export { type DiagnosticCode, diagnosticCodes } from './errors/codes.ts';
export { type Diagnostic, formatDiagnostic, type Span } from './errors/diagnostic.ts';
export { type ExplainedCode, type Explanation, explanations } from './errors/explanations.ts';
export { InternalError } from './errors/internal-error.ts';
export { type FaultKind, faultKinds, MachineFault } from './errors/machine-fault.ts';
export { nearest, suggest } from './errors/suggestion.ts';
export { makeVisible } from './errors/visible-text.ts';
export type { Field, Instruction, InstructionDefinition } from './isa/definition.ts';
export { decodeProgram, encodeInstruction, encodeProgram, sizeBytesOf } from './isa/encoding.ts';
export { makeInstruction } from './isa/make-instruction.ts';
export { type Register, registers } from './isa/registers.ts';
export { instructionNamed, instructionSet } from './isa/table.ts';
export { readCsv, writeCsv } from './loader/csv.ts';
export { loadProgram, readResults } from './loader/load.ts';
export { readNpy, writeNpy } from './loader/npy.ts';
export {
  type EngineName,
  engineNames,
  Machine,
  type MachineOptions,
  type RunStatus,
  type ThreadHost,
  type Threads,
} from './machine/machine.ts';
export type { WatchSums } from './machine/unit-datapath.ts';
export type { MemoryImage, Placement } from './memory/memory-image.ts';
export type { ArrayRegisters } from './mxu/array-engine.ts';
export type { KernelChoice } from './mxu/kernels/array-kernels.ts';
export { quantiseFactor } from './numerics/quantise.ts';
export { transferCycles } from './numerics/transfer-cycles.ts';
export { decodeObject, encodeObject } from './program/object-file.ts';
export type {
  ElementType,
  Expectation,
  Matrix,
  MatrixData,
  MatrixDeclaration,
  Program,
} from './program/program.ts';
export { evaluateExpectations, multiply, requantise } from './reference/matmul.ts';
export { type Operation, type WaitCause, waitCauses } from './sequencer/operation.ts';
export type { HazardMode, HostSignals } from './sequencer/sequencer.ts';
export {
  type Checked,
  type CheckResult,
  checkOutputs,
  type Difference,
  outputsWithoutExpectation,
  unchecked,
} from './simulation/check.ts';
export {
  defaultCheck,
  defaultScale,
  fullCheckMacs,
  type GemmRun,
  type GemmRunOptions,
  randomMatrix,
  randomOperands,
  runGemm,
} from './simulation/gemm.ts';
export {
  describeConfiguration,
  digestProgram,
  type InstructionReport,
  measureRun,
  type OutputReport,
  type RunReport,
  type RunStatistics,
  reportRun,
  teraOpsPerSecondOf,
} from './simulation/report.ts';
export {
  defaultMaxCycles,
  prepareMachine,
  readOutputs,
  type Simulation,
  type SimulationOptions,
  type SimulationResult,
  simulate,
} from './simulation/simulate.ts';
export type { Counters } from './trace/counters.ts';
export {
  type CellGrid,
  type Charge,
  type CycleRecord,
  type RecordOptions,
  recordCycles,
  selectUnits,
  type TraceEvent,
} from './trace/cycle-record.ts';
export {
  createGridFormat,
  explainGridLimit,
  type GridFormat,
  gridLimit,
} from './trace/grid-format.ts';
export {
  describeTrace,
  formatJsonLine,
  type TracedInstruction,
  type TracedProgram,
  type TracedRegister,
  type TraceHeader,
} from './trace/jsonl.ts';
export { type Paint, plainPaint, type TraceRole } from './trace/paint.ts';
export type { RegisterView, UnitView } from './trace/register-view.ts';
export {
  type CycleWindow,
  parseCycleWindow,
  parseUnitNames,
  type Selection,
  unitNames,
} from './trace/select.ts';
export { createTextFormat, type TextFormat } from './trace/text-format.ts';
export type { Moment } from './trace/wave-moment.ts';
export { drawWave, type WavePicture } from './trace/wave-picture.ts';
export { version } from './version.ts';

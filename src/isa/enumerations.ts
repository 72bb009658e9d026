/** Types of activation and weight operands; bit 0 is the signed flag, bit 1 the 16-bit flag. */
export const operandTypes = ['uint8', 'int8', 'uint16', 'int16'] as const;
export type OperandType = (typeof operandTypes)[number];

/** Types of the values that the Activation Unit writes, in the order of their encoding. */
export const outputTypes = ['int32', 'int8', 'uint8', 'int16'] as const;
export type OutputType = (typeof outputTypes)[number];

/** Types of the values that pooling and vector operations work on. */
export type ValueType = Exclude<OutputType, 'int32'>;

/** Requantisation rules, in the order of their encoding. */
export const requantisationRules = ['f', 'd', 's'] as const;
export type RequantisationRule = (typeof requantisationRules)[number];

/** Functions of the Activation Unit, in the order of their encoding. */
export const activationFunctions = ['none', 'relu', 'relu6', 'sigmoid', 'tanh', 'table'] as const;
export type ActivationFunction = (typeof activationFunctions)[number];

/** What pooling makes of the values of a window, in the order of their encoding. */
export const poolOperations = ['max', 'average'] as const;
export type PoolOperation = (typeof poolOperations)[number];

/** How an average is rounded, in the order of their encoding. */
export const averageRoundings = ['away', 'even'] as const;
export type AverageRounding = (typeof averageRoundings)[number];

/** Where pooling takes its image from, in the order of their encoding. */
export const poolSources = ['unified_buffer', 'accumulators'] as const;
export type PoolSource = (typeof poolSources)[number];

/** What a vector instruction computes of each element, in the order of their encoding. */
export const vectorOperations = [
  'add',
  'multiply',
  'saturating_add',
  'sigmoid',
  'tanh',
  'table',
] as const;
export type VectorOperation = (typeof vectorOperations)[number];

/** Forms of element-wise arithmetic, in the order of their encoding. */
export const vectorRules = ['f', 'd', 's', 'xnnpack', 'onnx'] as const;
export type VectorRule = (typeof vectorRules)[number];

/** Bytes of one value of each output type. */
export const outputBytes: Readonly<Record<OutputType, number>> = {
  int32: 4,
  int8: 1,
  uint8: 1,
  int16: 2,
};

/** The pipelines that `sync` can name, by bit of its mask. */
export const syncPipelines = ['dma', 'weights', 'matrix', 'activation'] as const;

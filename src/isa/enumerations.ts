/** Types of activation and weight operands; bit 0 is the signed flag, bit 1 the 16-bit flag. */
export const operandTypes = ['uint8', 'int8', 'uint16', 'int16'] as const;

/** Types of the values that the Activation Unit writes, in the order of their encoding. */
export const outputTypes = ['int32', 'int8', 'uint8', 'int16'] as const;
export type OutputType = (typeof outputTypes)[number];

/** Requantisation rules, in the order of their encoding. */
export const requantisationRules = ['f', 'd', 's'] as const;
export type RequantisationRule = (typeof requantisationRules)[number];

/** Functions of the Activation Unit, in the order of their encoding. */
export const activationFunctions = ['none', 'relu', 'relu6', 'sigmoid', 'tanh', 'table'] as const;
export type ActivationFunction = (typeof activationFunctions)[number];

/** Bytes of one value of each output type. */
export const outputBytes: Readonly<Record<OutputType, number>> = {
  int32: 4,
  int8: 1,
  uint8: 1,
  int16: 2,
};

/** The pipelines that `sync` can name, by bit of its mask. */
export const syncPipelines = ['dma', 'weights', 'matrix', 'activation'] as const;

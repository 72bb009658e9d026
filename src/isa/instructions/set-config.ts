import { defineInstruction } from '../definition.ts';
import { registerAt } from '../registers.ts';

/** Write a configuration register. */
export const setConfig = defineInstruction({
  mnemonic: 'set_config',
  opcode: 0x06,
  pipeline: 'control',
  title: 'Write a 32-bit configuration register.',
  doc: [
    'Takes effect in program order: an instruction carries the register values of its own dispatch,',
    'so a later write never reaches a queued instruction.',
  ].join('\n'),
  source: 'Paper, section 2. Assumption: the registers and their numbers.',
  example: 'set_config register=step.ub, value=256',
  fields: [
    { name: 'register', bits: 8, doc: 'Number of the register; its name is a symbol.' },
    { name: 'value', bits: 32, doc: 'The 32 bits to write; may be written as a signed number.' },
  ],
  resolve: (operands) => ({
    kind: 'set_config',
    register: operands.register,
    value: operands.value | 0,
  }),
  check(work) {
    if (registerAt(work.register)) return undefined;
    const unit = 'sequencer';
    const reason = `register ${work.register} does not exist`;
    return { kind: 'field', unit, reason };
  },
});

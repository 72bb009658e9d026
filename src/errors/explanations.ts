import { type DiagnosticCode, diagnosticCodes } from './codes.ts';
import { assemblerExplanations } from './explanations-assembler.ts';
import { faultExplanations } from './explanations-faults.ts';
import { fileExplanations } from './explanations-files.ts';
import { type FaultKind, faultKinds } from './machine-fault.ts';

/** What is told of a diagnostic code or a kind of fault, beyond its title. */
export interface ExplanationText {
  /** Paragraphs with a blank line between them. */
  readonly text: string;
  /** An example that gives it, and how it should be. */
  readonly wrong: string;
  readonly right: string;
}

export interface Explanation extends ExplanationText {
  readonly title: string;
}

export type ExplainedCode = DiagnosticCode | FaultKind;

const titles: Readonly<Record<ExplainedCode, string>> = { ...diagnosticCodes, ...faultKinds };
const texts: Readonly<Record<ExplainedCode, ExplanationText>> = {
  ...assemblerExplanations,
  ...fileExplanations,
  ...faultExplanations,
};

/** Every diagnostic code, then every kind of fault: what `systole explain` tells. */
export const explanations = Object.fromEntries(
  Object.entries(titles).map(([code, title]) => [code, { title, ...texts[code as ExplainedCode] }]),
) as Readonly<Record<ExplainedCode, Explanation>>;

/** What the assembler accepts of one program; beyond it is a diagnostic, never a hang. */
export const assemblerLimits = {
  /** UTF-16 units of all files together, each counted as often as it is included. */
  sourceCharacters: 16 * 2 ** 20,
  includeDepth: 16,
  macroDepth: 64,
  reptDepth: 64,
  conditionalDepth: 64,
  lineCharacters: 2 ** 16,
  /** Statements after expansion, skipped and captured ones included. */
  statements: 2 ** 22,
  /** Tokens after expansion. */
  tokens: 2 ** 24,
  statementTokens: 2 ** 16,
  /** Tokens of the body of one .rept, or of all macros together. */
  bodyTokens: 2 ** 20,
  instructions: 2 ** 20,
  /** Matrices, parameters, buffers, accumulators and expectations together. */
  declarations: 2 ** 14,
  symbols: 2 ** 20,
  expressionDepth: 200,
  diagnostics: 200,
} as const;

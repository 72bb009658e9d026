import type { Diagnostic } from '../errors/diagnostic.ts';
import type { OperatorCase } from './operator-case.ts';

/** A case, or what keeps a file from being one. */
export type ReadCaseResult =
  | { readonly case: OperatorCase; readonly diagnostics: readonly [] }
  | { readonly case?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Mistakes of one file that are reported. */
const reportedProblems = 8;

/** Reads the text of an operator vector; `file` is its name in diagnostics. */
export async function readCase(text: string, file: string): Promise<ReadCaseResult> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { diagnostics: [{ code: 'L312', message: `${file}: is no JSON: ${reason}` }] };
  }
  // Validation is only needed here, and takes longer to load than most commands take to run.
  const { caseSchema } = await import('./case-schema.ts');
  const parsed = caseSchema.safeParse(json);
  if (parsed.success) return { case: parsed.data, diagnostics: [] };
  const diagnostics = parsed.error.issues
    .slice(0, reportedProblems)
    .map(({ path, message }): Diagnostic => {
      const place = path.map(String).join('.') || 'the file';
      return { code: 'L312', message: `${file}: ${place}: ${message}` };
    });
  return { diagnostics };
}

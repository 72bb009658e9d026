import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operator } from '../../../src/compiler/operator.ts';
import { leastMet, propertyParameters } from '../../properties/runs.ts';
import {
  convolutionCases,
  elementwiseCases,
  matmulCases,
  type OperatorCase,
  poolCases,
  tableCases,
} from './arbitrary-operator.ts';
import { expectAgreement, expectRightValues } from './run-operator.ts';

/** How often values are compared with plain loops, and how often every way of executing runs. */
const kinds: readonly (readonly [
  name: string,
  cases: fc.Arbitrary<OperatorCase<Operator>>,
  runs: number,
  agreementRuns: number,
])[] = [
  ['convolution', convolutionCases, 250, 25],
  ['matmul', matmulCases, 200, 15],
  ['pool', poolCases, 150, 15],
  ['elementwise', elementwiseCases, 150, 15],
  ['table', tableCases, 50, 5],
];

describe.each(kinds)('random operators: %s', (_name, cases, runs, agreementRuns) => {
  it('gives what plain loops give', () => {
    let fitting = 0;
    const property = fc.property(cases, (given) => {
      if (expectRightValues(given)) fitting++;
    });
    fc.assert(property, propertyParameters(runs));
    expect(fitting).toBeGreaterThan(leastMet(runs) / 2);
  });

  it('gives the same in every way of executing, the reference and the oracle', () => {
    let compared = 0;
    const property = fc.property(cases, (given) => {
      if (expectAgreement(given)) compared++;
    });
    fc.assert(property, propertyParameters(agreementRuns));
    expect(compared).toBeGreaterThan(leastMet(agreementRuns) / 5);
  });
});

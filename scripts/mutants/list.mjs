import { arrayMutants } from './array.mjs';
import { conversionMutants } from './conversion.mjs';
import { counterMutants } from './counters.mjs';
import { dataMutants } from './data.mjs';
import { dependencyMutants } from './dependencies.mjs';
import { imageMutants } from './images.mjs';
import { instructionMutants } from './instructions.mjs';
import { resultMutants } from './results.mjs';
import { timeMutants } from './time.mjs';
import { valueMutants } from './values.mjs';
import { waveMutants } from './waves.mjs';
import { weightMutants } from './weights.mjs';

/**
 * Every deliberate fault:
 *   name     what is wrong with the machine, in plain words
 *   file     where
 *   find     the text to replace; it occurs exactly once
 *   replace  what stands there instead
 *   why      what a user would get
 *   tests    files that must notice; the random programs unless named
 */
export const mutants = [
  ...arrayMutants,
  ...waveMutants,
  ...weightMutants,
  ...valueMutants,
  ...conversionMutants,
  ...imageMutants,
  ...resultMutants,
  ...timeMutants,
  ...dependencyMutants,
  ...counterMutants,
  ...dataMutants,
  ...instructionMutants,
].map((mutant) => ({ tests: ['test/properties/agreement.test.ts'], ...mutant }));

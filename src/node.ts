/** The part of the library that needs Node: matrices from and to files. */

export { readMatrixFile, readProgramMatrices, writeMatrixFile } from './loader/node-files.ts';
export { nodeThreads } from './threads/node-threads.ts';

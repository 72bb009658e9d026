import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/build.mjs';

/** A module of dist/, which is what users run. */
export function importBuilt(path) {
  return import(pathToFileURL(join(root, 'dist', path)));
}

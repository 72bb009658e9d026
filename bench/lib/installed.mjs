import { Unavailable } from './unavailable.mjs';

/** A package of bench/package.json, which need not be installed. */
export async function importInstalled(name) {
  try {
    return await import(name);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Unavailable('not installed: npm ci --prefix bench');
  }
}

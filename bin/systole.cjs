#!/usr/bin/env node
/**
 * The command `systole`: runs dist/cli.cjs, from the code cache beside it where there is one of
 * this very Node. CommonJS, because Node starts it sooner than a module.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const builtBundle = join(__dirname, '../dist/cli.cjs');

/** Letters of a SHA-256 in hexadecimal: the bundle ends with its own, the cache begins with it. */
const digestLength = 64;

/** Where the code cache of a bundle is: one for each Node, as V8 takes only its own. */
function cachePathOf(bundle) {
  return bundle.replace(/cjs$/, `${process.version}-${process.arch}.cache`);
}

/** The SHA-256 of a bundle, which is its last line. */
function digestOf(text) {
  return text.slice(-digestLength - 1, -1);
}

/**
 * What V8 has compiled of a bundle, or undefined if it is missing, damaged or that of another
 * bundle. V8 itself compares no more than the length of the text and ends in a crash where bytes
 * are wrong. So everything is in the file twice: comparing is quicker than any digest.
 */
function readCache(bundle, text) {
  try {
    const bytes = readFileSync(cachePathOf(bundle));
    const middle = (digestLength + bytes.length) / 2;
    const compiled = bytes.subarray(digestLength, middle);
    const isWhole = compiled.equals(bytes.subarray(middle));
    const isOfText = bytes.latin1Slice(0, digestLength) === digestOf(text);
    return isWhole && isOfText ? compiled : undefined;
  } catch {
    return undefined;
  }
}

/** What belongs into the file that `readCache` reads. */
function formatCache(text, compiled) {
  return Buffer.concat([Buffer.from(digestOf(text)), compiled, compiled]);
}

/** Runs a bundle as `require` would, but from its code cache. */
function loadBundle(bundle) {
  // All of it is ASCII, and Latin-1 is what V8 reads without a look at every character.
  const text = readFileSync(bundle, 'latin1');
  const cachedData = readCache(bundle, text);
  const source = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
  const script = new Script(source, { filename: bundle, cachedData });
  const loaded = { exports: {} };
  script.runInThisContext()(loaded.exports, require, loaded, bundle, dirname(bundle));
  return {
    main: loaded.exports.main,
    /** Whether V8 took the code cache. */
    isFromCache: cachedData !== undefined && script.cachedDataRejected === false,
    /** The content of a code cache with every function that was called up to now. */
    makeCache: () => formatCache(text, script.createCachedData()),
  };
}

/** Runs the command line of this process. */
function start() {
  let main;
  try {
    ({ main } = loadBundle(builtBundle));
  } catch (error) {
    const missing = error.code === 'ENOENT' || error.code === 'MODULE_NOT_FOUND';
    const what = missing ? 'not built or not installed whole (npm run build)' : 'cannot start';
    process.stderr.write(`systole: ${what}: ${error.message}\n`);
    process.exitCode = 70;
    return;
  }
  return main(process.argv);
}

module.exports = { start, loadBundle, cachePathOf };
if (require.main === module) start();

/** What `npm start` and `npm test` need first: the right Node, installed packages, a built dist/. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, root } from './build.mjs';

/** Installs and builds what is missing, or ends the process with a message. */
export function setUp() {
  const problem = checkNode() ?? installPackages() ?? build();
  if (problem === undefined) return;
  process.stderr.write(`systole: ${problem}\n`);
  process.exit(1);
}

/** Runs Node on a script with this terminal, and ends as it ends. */
export function runNode(script, args) {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`systole: ${script} did not start: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal) process.removeAllListeners(signal);
    if (signal) process.kill(process.pid, signal);
    process.exitCode = code ?? 1;
  });
}

/** Runs npm to its end, without a shell; its output goes where `stdio` says. */
export function runNpm(args, options) {
  const { command, leading } = findNpm();
  return spawnSync(command, [...leading, ...args], options);
}

/** npm itself if it started us; the one that came with this Node otherwise; any on the path. */
function findNpm() {
  const started = process.env.npm_execpath;
  const beside = dirname(process.execPath);
  const places = [
    ...(started && basename(started) === 'npm-cli.js' ? [started] : []),
    join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(beside, 'node_modules/npm/bin/npm-cli.js'),
  ];
  const script = places.find((path) => existsSync(path));
  return script
    ? { command: process.execPath, leading: [script] }
    : { command: 'npm', leading: [] };
}

function checkNode() {
  const { engines } = readJson('package.json');
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(engines.node).map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return undefined;
  return `Node ${major}.${minor} or newer is needed, this is ${process.versions.node}`;
}

function installPackages() {
  if (arePackagesInstalled()) return undefined;
  process.stderr.write('systole: installing packages\n');
  const options = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const { status, error } = runNpm(options, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) return `npm did not start: ${error.message}`;
  return status === 0 ? undefined : 'npm ci failed, see above';
}

/** Whether node_modules holds what package-lock.json says, by the list that npm keeps there. */
function arePackagesInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const installed = readJson('node_modules/.package-lock.json').packages;
  return Object.entries(readJson('package-lock.json').packages).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    // Packages for other platforms are in the lock file only.
    return found ? found.version === wanted.version : wanted.optional === true;
  });
}

function readJson(name) {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

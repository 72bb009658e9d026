#!/usr/bin/env node
/**
 * Does what a new user does: clones the project and types `npm start`. Changes that are not
 * committed are not part of a clone.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { root } from './build.mjs';
import { runNpm } from './set-up.mjs';

/** What a second start may take beyond the command itself. */
const startMillisecondsLimit = 1000;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'systole-clone-')));
const clone = join(folder, 'systole');
try {
  cloneProject();
  checkFirstStart();
  checkExitCode();
  checkSecondStart();
  checkInstallation();
} catch (error) {
  process.stderr.write(`check:fresh-clone: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function cloneProject() {
  if (existsSync(join(root, '.git'))) {
    const options = ['clone', '--quiet', '--no-hardlinks', root, clone];
    const { status } = spawnSync('git', options, { stdio: ['ignore', 2, 2] });
    if (status === 0) return;
    throw new Error('git clone failed');
  }
  const left = ['node_modules', 'dist', '.cache'];
  cpSync(root, clone, {
    recursive: true,
    filter: (path) => !left.includes(relative(root, path).split(sep)[0]),
  });
}

/** npm prints a line of its own about the script unless it is told to be silent. */
function checkFirstStart() {
  const { status, stdout } = start(['--silent', 'start']);
  if (status !== 0) throw new Error(`npm start ended with ${status}`);
  if (!/cycles/i.test(stdout)) throw new Error(`npm start printed no cycles: ${stdout}`);
  print(stdout.trimEnd());
}

function checkExitCode() {
  const { status } = start(['--silent', 'start', '--', 'run', 'there-is-no-such-program.tpu']);
  if (status !== 3) throw new Error(`an unreadable program ended npm start with ${status}, not 3`);
}

function checkSecondStart() {
  const program = ['check', 'programs/smallest.tpu', '--json'];
  const alone = takeTime(() =>
    spawnSync(process.execPath, ['bin/systole.cjs', ...program], { cwd: clone, encoding: 'utf8' }),
  );
  const started = takeTime(() => start(['--silent', 'start', '--', ...program]));
  const { match, cycles } = JSON.parse(started.stdout);
  if (match !== true) throw new Error(`npm start -- ${program.join(' ')}: match is ${match}`);
  if (JSON.parse(alone.stdout).cycles !== cycles) throw new Error('npm start gives other cycles');
  const beyond = started.milliseconds - alone.milliseconds;
  print(`second start: ${Math.round(beyond)} ms beyond the command`);
  if (beyond < startMillisecondsLimit) return;
  throw new Error(`a second start may take ${startMillisecondsLimit} ms beyond the command`);
}

/** `npm ci` alone leaves a working command. */
function checkInstallation() {
  rmSync(join(clone, 'dist'), { recursive: true });
  const { status } = start(['ci', '--no-audit', '--no-fund']);
  if (status !== 0) throw new Error(`npm ci ended with ${status}`);
  // npx keeps a link to the project in its cache; this one goes away with the clone.
  const cache = ['--cache', join(folder, 'npm-cache')];
  const command = start(['exec', ...cache, '--no', '--', 'systole', '--version']);
  if (command.status !== 0) throw new Error(`npx systole --version ended with ${command.status}`);
  print(`npx systole --version: ${command.stdout.trim()}`);
}

function start(args) {
  return runNpm(args, { cwd: clone, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
}

function takeTime(action) {
  const began = performance.now();
  return { ...action(), milliseconds: performance.now() - began };
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

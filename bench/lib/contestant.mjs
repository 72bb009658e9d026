import { fork } from 'node:child_process';
import { join } from 'node:path';
import { summarise } from './statistics.mjs';
import { benchFolder } from './tools.mjs';
import { units } from './units.mjs';

const hostScript = join(benchFolder, 'host.mjs');

/** A row of the table while it is measured, in a process of its own. */
export class Contestant {
  /** Why there are no figures; undefined as long as all goes well. */
  status;
  facts = {};
  samples = [];
  #child;
  #reply;

  /** `node`: the program that it runs on, told apart by `suffix` in its name. */
  constructor(row, options, { node, suffix = '' }) {
    this.row = row;
    this.name = `${row.name}${suffix}`;
    this.suffix = suffix;
    this.options = options;
    this.#child = fork(hostScript, { execPath: node, stdio: ['ignore', 2, 2, 'ipc'] });
    this.#child.on('message', (message) => this.#reply(message));
    this.#child.on('error', (error) => this.#reply?.({ failed: error.message }));
    this.#child.on('exit', (code, signal) => {
      this.#reply?.({ failed: `ended with ${signal ?? `exit code ${code}`}` });
    });
  }

  async #ask(task, argument) {
    const answer = new Promise((resolve) => {
      this.#reply = resolve;
    });
    this.#child.send({ task, argument }, (error) => {
      if (error) this.#reply({ failed: error.message });
    });
    const { result, unavailable, failed } = await answer;
    if (result) {
      Object.assign(this.facts, result.facts);
      return result;
    }
    this.status = unavailable ?? 'failed';
    if (failed) this.error = failed;
    this.close();
    return undefined;
  }

  async prepare() {
    const { contestant, parameters } = this.row;
    const given = this.row.option && this.options[this.row.option];
    if (this.row.option && !given) {
      this.status = 'not given';
      this.close();
      return;
    }
    const prepared = await this.#ask('prepare', {
      name: contestant,
      parameters: { ...parameters, ...(given && { path: given }) },
    });
    this.nodeVersion = prepared?.node;
  }

  async measure(seconds) {
    if (this.status) return;
    const result = await this.#ask('measure', seconds);
    if (result) this.samples.push(units[this.row.unit](result));
  }

  get summary() {
    return this.samples.length > 0 && !this.status ? summarise(this.samples) : undefined;
  }

  close() {
    this.#child.kill();
  }
}

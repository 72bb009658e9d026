import { exitCodes } from './exit-codes.ts';
import { inputBytesLimit } from './read-input.ts';
import type { Sink, Surroundings } from './surroundings.ts';

/** The real process. */
export function openSurroundings(): Surroundings {
  return {
    stdout: openSink(process.stdout),
    stderr: openSink(process.stderr),
    environment: process.env,
    readStdin,
    onInterrupt,
  };
}

function openSink(stream: NodeJS.WriteStream): Sink {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    // A reader that has seen enough, such as `head`, is no error.
    if (error.code === 'EPIPE') return;
    if (stream !== process.stderr) process.stderr.write(`error: stdout: ${error.message}\n`);
    process.exitCode = exitCodes.load;
  });
  return {
    write(data) {
      if (!closed) stream.write(data);
    },
    get closed() {
      return closed;
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns : 80;
    },
    async drained() {
      // Errors of a pipe are only seen when the loop turns.
      if (stream.writableNeedDrain && !closed) {
        await new Promise<void>((resolve) => {
          stream.once('drain', resolve);
          stream.once('error', () => resolve());
          stream.once('close', resolve);
        });
      } else await new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}

async function readStdin(): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of process.stdin) {
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes > inputBytesLimit) break;
  }
  return new Uint8Array(Buffer.concat(pieces));
}

function onInterrupt(callback: () => void): () => void {
  let interrupted = false;
  const listener = (): void => {
    if (interrupted) process.exit(exitCodes.interrupted);
    interrupted = true;
    callback();
  };
  process.on('SIGINT', listener);
  return () => process.off('SIGINT', listener);
}
